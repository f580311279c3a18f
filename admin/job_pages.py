"""后台任务: what runs by itself, what came of it, and run now."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from admin import job_words, rule_pages, visit
from admin.rule_pages import cell
from jobs import job_runs, lease
from jobs.job_list import JOBS
from jobs.job_runs import JobLine
from models import deliveries
from models.job_tables import JobRequest, JobRun
from models.words import PersonError

blueprint = Blueprint("jobs", __name__, url_prefix="/settings/jobs")
blueprint.before_request(rule_pages.gate)
LAST = 50  # runs that are listed


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show every job with its rule, its last run and when it is due next."""
    session, t = visit.session(), visit.t
    asked = job_runs.requests(session)
    lines = job_runs.job_lines(session, visit.now(), visit.zone())
    table = {
        "label": None,
        "heads": job_words.heads(
            t("任务", "Job"),
            t("何时运行", "When"),
            t("上次运行", "Last run"),
            t("结果", "Result"),
            t("最近一次失败", "Last failure"),
            t("下次", "Next"),
        ),
        "empty": "",
        "rows": [_row(one, asked.get(one.job.name)) for one in lines],
    }
    return render_template(
        "settings/table.html",
        page_title=t("后台任务", "Jobs"),
        crumbs=[],
        text=t(
            "系统自己按时做的事。停机一夜，开机后每个任务补做一次，不会漏。",
            "What is done by itself. After a night switched off each job is done once "
            "and nothing is forgotten.",
        ),
        actions=_undelivered(),
        notes=[_held_by(lease.holder(session, job_runs.SCHEDULER))],
        tables=[table],
    )


def _undelivered() -> list[dict[str, Any]]:
    """Return the way to what could not be delivered, with how much that is."""
    dead = deliveries.dead_count(visit.session())
    if not dead:
        return []
    said = visit.t(f"未送达消息 {dead} 条", f"Undelivered messages: {dead}")
    address = url_for("undelivered.index")
    icon = "alert-triangle"
    return [{"label": said, "url": address, "icon": icon, "primary": False}]


def _held_by(holder: str | None) -> dict[str, str]:
    t = visit.t
    if holder is None:
        said = t(
            "现在没有进程在做后台任务。请确认 taizhang run 正在运行；它起来后会补做。",
            "No process runs the jobs now. See that taizhang run is up; what was due "
            "is done when it starts.",
        )
        return {"tone": "late", "text": said}
    host, _, rest = holder.rpartition(":")[0].partition(":")
    said = t(f"由 {host} 上的进程 {rest} 运行。", f"Run by process {rest} on {host}.")
    return {"tone": "info", "text": said}


def _row(line: JobLine, asked: JobRequest | None) -> dict[str, Any]:
    job, last, t = line.job, line.last, visit.t
    failed = line.failed
    ran = last.started_at if last else None
    return {
        "off": False,
        "cells": [
            cell(
                job.label.text(visit.language()),
                url=url_for(".runs", name=job.name),
                small=job.name,
            ),
            cell(job_words.rule(job.due).text(visit.language())),
            cell(
                job_words.moment(ran),
                css="num headed",
                small=job_words.figures(last) if last and last.finished_at else None,
            ),
            cell(
                "",
                pill=job_words.state(last, asked=asked is not None),
                small=asked.asked_by if asked else None,
            ),
            cell(
                job_words.moment(failed.started_at) if failed else "",
                css="num headed",
                small=failed.failure if failed else None,
            ),
            cell(job_words.moment(line.next_at), css="num headed"),
        ],
        "buttons": [
            {
                "label": t("立即运行", "Run now"),
                "url": url_for(".run", name=job.name),
                "confirm": None,
                "danger": False,
                "method": "post",
            }
        ],
    }


@blueprint.get("/<name>/")
def runs(name: str) -> ResponseReturnValue:
    """Show the last runs of a job."""
    if name not in JOBS:
        abort(404)
    t = visit.t
    found = job_runs.last_runs(visit.session(), name, LAST)
    table = {
        "label": None,
        "heads": job_words.heads(
            t("应运行于", "Was due"),
            t("开始", "Began"),
            t("谁", "Who"),
            t("结果", "Result"),
            t("行数", "Rows"),
            t("秒", "Seconds"),
            ends=2,
        ),
        "empty": t("还没有运行过。", "It has not run yet."),
        "rows": [_run(one) for one in found],
    }
    crumbs = [{"label": t("后台任务", "Jobs"), "url": url_for(".index")}]
    return render_template(
        "settings/table.html",
        page_title=JOBS[name].label.text(visit.language()),
        crumbs=crumbs,
        text=job_words.rule(JOBS[name].due).text(visit.language()),
        actions=[],
        notes=[],
        tables=[table],
    )


def _run(one: JobRun) -> dict[str, Any]:
    is_over = one.finished_at is not None
    return {
        "off": False,
        "cells": [
            cell(job_words.moment(one.due_at), css="num headed"),
            cell(job_words.moment(one.started_at), css="num headed"),
            cell(job_words.by(one)),
            cell("", pill=job_words.state(one), small=one.failure),
            cell(str(one.rows) if is_over else "", css="num end headed"),
            cell(
                f"{one.milliseconds / 1000:.2f}" if is_over else "",
                css="num end headed",
            ),
        ],
        "buttons": [],
    }


@blueprint.post("/<name>/run")
def run(name: str) -> ResponseReturnValue:
    """Ask the process that runs the jobs to run one now."""
    try:
        with visit.house().database.write() as session:
            is_new = job_runs.ask(session, name, visit.person().name, visit.now())
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return redirect(url_for(".index"))
    if is_new:
        said = visit.t(
            "已安排，几秒钟内开始；刷新本页看结果。",
            "It begins within seconds; load this page again to see what came of it.",
        )
        flash(said, "success")
    else:
        said = visit.t("已经在等待运行了。", "It is waiting to be run already.")
        flash(said, "info")
    return redirect(url_for(".index"))
