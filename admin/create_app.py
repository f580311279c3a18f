"""Put the panel together: settings, database, security, theme, views."""

from flask import Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_admin import Admin
from flask_babel import Babel
from werkzeug.exceptions import HTTPException

from admin import (
    account,
    account_pages,
    attachments_pages,
    board_page,
    calendar_official,
    calendar_pages,
    call_pages,
    call_steps,
    channel_pages,
    chart_pages,
    clock_pages,
    compressing,
    declaring_field_pages,
    declaring_pages,
    dispatch_pages,
    duty_pages,
    duty_rule_pages,
    duty_verdict_pages,
    flow_pages,
    formula_pages,
    frame,
    grid_pages,
    hand_over_pages,
    import_pages,
    job_pages,
    late_page,
    leaving_pages,
    log_pages,
    measure_pages,
    menu,
    merge_pages,
    messages,
    palette,
    pay_chart_pages,
    pay_file_pages,
    pay_objection_pages,
    pay_pages,
    pay_print_pages,
    pay_settings_pages,
    pay_slip_pages,
    quick_pages,
    recent_pages,
    register_switches,
    reminder_pages,
    reply_pages,
    role_matrix,
    role_pages,
    rulebook_pages,
    rulebook_settings,
    scheme_pages,
    search_pages,
    security,
    seeing,
    side_panel,
    stamp_pages,
    start_page,
    taking_down,
    target_pages,
    theme,
    undelivered,
    visit,
    waiting_page,
    wording_pages,
)
from admin.db import connect
from admin.desk import Desk
from admin.gateway import Gateway
from models import rights
from models.access import Action
from models.database import Database
from models.settings import Settings
from models.words import PersonError
from seed import beginning

# The pages beside the registers, each with a gate of its own.
PAGES = (
    account_pages,
    attachments_pages,
    board_page,
    clock_pages,
    calendar_official,
    calendar_pages,
    call_pages,
    call_steps,
    channel_pages,
    chart_pages,
    declaring_field_pages,
    declaring_pages,
    dispatch_pages,
    duty_pages,
    duty_verdict_pages,
    duty_rule_pages,
    flow_pages,
    formula_pages,
    grid_pages,
    hand_over_pages,
    import_pages,
    job_pages,
    late_page,
    leaving_pages,
    log_pages,
    measure_pages,
    merge_pages,
    messages,
    palette,
    pay_chart_pages,
    pay_file_pages,
    pay_objection_pages,
    pay_pages,
    pay_print_pages,
    pay_settings_pages,
    pay_slip_pages,
    quick_pages,
    recent_pages,
    register_switches,
    reminder_pages,
    reply_pages,
    role_matrix,
    role_pages,
    rulebook_pages,
    rulebook_settings,
    scheme_pages,
    search_pages,
    seeing,
    side_panel,
    stamp_pages,
    start_page,
    taking_down,
    target_pages,
    undelivered,
    waiting_page,
    wording_pages,
)


def create_app(settings: Settings, database: Database) -> Flask:
    """Return the application over a database that is prepared already."""
    app = Flask("admin", static_folder="static", template_folder="templates")
    app.jinja_environment = theme.Templates
    app.secret_key = settings.secret_key.get_secret_value()
    app.config["MAX_CONTENT_LENGTH"] = int(settings.upload_limit)
    app.config["MAX_FORM_MEMORY_SIZE"] = 4_000_000  # bytes of typed text in one form
    compressing.add_compressing(app)  # before all others, so that it sees answers last
    visit.settle(app, settings, database)
    connect(app, database)
    security.protect(app)
    Babel(app, locale_selector=_locale, default_timezone=str(settings.zone))
    theme.add_theme(app)
    frame.add_frame(app)
    panel = Admin(app, name="台账", theme=theme.THEME, index_view=Desk(url="/"))
    app.register_blueprint(account.blueprint)
    app.register_blueprint(Gateway(panel).blueprint)
    menu.add_page("admin.index", "工作台", "Desk", "layout-dashboard", needs=None)
    menu.add_page(
        "late.index", "逾期督办", "Late work", "clock-exclamation", needs=None
    )
    menu.add_page("charts.index", "数据看板", "Charts", "chart-histogram", needs=None)
    menu.add_page("duties.index", "达标情况", "Duties met", "list-check", needs=None)
    menu.add_page("rulebook.index", "制度库", "Rulebook", "book-2", needs=None)
    menu.add_page(
        "pay.runs",
        "绩效核算",
        "Pay",
        "cash",
        needs=("pay.slip", Action.LIST),
    )
    menu.add_page("start.index", "开始使用", "Begin", "plant-2", needs=start_page.RIGHT)
    menu.add_page(
        "switches.index",
        "台账开关",
        "Registers on and off",
        "adjustments",
        needs=start_page.RIGHT,
        settings=True,
    )
    menu.add_page(
        "declaring.index",
        "台账与字段",
        "Registers and fields",
        "forms",
        needs=start_page.RIGHT,
        settings=True,
    )
    menu.add_page(
        "wordings.index",
        "部门用语",
        "Words by department",
        "language",
        needs=start_page.RIGHT,
        settings=True,
    )
    menu.add_page(
        "targets.index",
        "时限要求",
        "Time limits",
        "clock-hour-4",
        needs=start_page.RIGHT,
        settings=True,
    )
    menu.add_page(
        "calendars.index",
        "工作日历",
        "Calendars",
        "calendar-time",
        needs=start_page.RIGHT,
        settings=True,
    )
    menu.add_page(
        "duty_rules.index",
        "定期任务",
        "Duties",
        "list-check",
        needs=start_page.RIGHT,
        settings=True,
    )
    menu.add_page(
        "measures.index",
        "指标",
        "Measures",
        "chart-bar",
        needs=start_page.RIGHT,
        settings=True,
    )
    menu.add_page(
        "schemes.index",
        "绩效方案",
        "Pay schemes",
        "cash",
        needs=rights.SCHEMES,
        settings=True,
    )
    menu.add_page(
        "pay_settings.index",
        "绩效设置",
        "Pay settings",
        "settings",
        needs=start_page.RIGHT,
        settings=True,
    )
    menu.add_page(
        "formulas.index",
        "公式",
        "Formulas",
        "math-function",
        needs=rights.SCHEMES,
        settings=True,
    )
    menu.add_page(
        "channels.index",
        "消息渠道",
        "Message channels",
        "bell-ringing",
        needs=start_page.RIGHT,
        settings=True,
    )
    menu.add_page(
        "jobs.index",
        "后台任务",
        "Jobs",
        "refresh",
        needs=start_page.RIGHT,
        settings=True,
    )
    menu.add_page(
        "logs.index",
        "查看日志",
        "Logs",
        "shield-lock",
        needs=start_page.RIGHT,
        settings=True,
    )
    menu.add_page(
        "accounts.index",
        "登录账号",
        "Accounts",
        "user-circle",
        needs=rights.ACCOUNTS,
        settings=True,
    )
    menu.add_page(
        "roles.index",
        "角色与权限",
        "Roles and rights",
        "users",
        needs=start_page.RIGHT,
        settings=True,
    )
    menu.add_page(
        "packs.index",
        "制度启停",
        "Regulations on and off",
        "books",
        needs=start_page.RIGHT,
        settings=True,
    )
    for page in PAGES:
        app.register_blueprint(page.blueprint)
    seeing.add_seeing(app)
    start_page.add_ways(
        app,
        start_page.Ways(
            beginning.kinds,
            beginning.load_sample,
            beginning.begin_empty,
            beginning.remove_sample,
        ),
    )
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(PersonError, _person_error)
    app.register_error_handler(Exception, _fault)
    return app


def _locale() -> str:
    return "en" if visit.language() == "en" else "zh_Hans_CN"


_SENTENCES = {
    400: (
        "请求的内容不完整，请返回后重试。",
        "The request is incomplete. Go back and retry.",
    ),
    403: (
        "您没有打开这个页面的权限。需要时请联系管理员。",
        "You may not open this page.",
    ),
    404: ("没有找到这个页面。可能已删除，或地址有误。", "There is no such page."),
    405: ("这个地址不能这样打开。", "This address cannot be opened like that."),
    413: ("文件太大，超过了上传上限。请压缩或分成几个文件。", "The file is too large."),
    429: ("操作太频繁，请稍后再试。", "Too many requests. Try again in a while."),
}
FAULT = (
    "系统出错，您填写的内容没有保存。请重试；仍然出错时请把时间告诉管理员。",
    "Something went wrong and nothing was saved. Try again, or tell an admin the time.",
)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:  # noqa: PLR2004 - redirects
        return error
    status = error.code or 500
    return _answer(status, visit.t(*_SENTENCES.get(status, FAULT)))


def _person_error(error: PersonError) -> ResponseReturnValue:
    return _answer(422, error.text(visit.language()))


def _fault(error: Exception) -> ResponseReturnValue:
    """Log a programming error; the person gets a sentence, never a trace."""
    current_app.logger.error("%s %s", request.method, request.path, exc_info=error)
    if current_app.testing:
        raise error
    return _answer(500, visit.t(*FAULT))


def _answer(status: int, sentence: str) -> ResponseReturnValue:
    wants_json = request.is_json or request.accept_mimetypes.best == "application/json"
    if wants_json:
        return {"message": sentence}, status
    return Response(visit.error_page(status, sentence), status, mimetype="text/html")
