"""What may be done about a late promise or a missed duty, in people's words."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from admin import visit
from admin.column_converters import show_instant
from models.excuse_columns import Said
from models.excuses import Doing
from models.words import Label

BUTTONS = {
    Doing.REMIND: (Label("催办", "Remind"), "bell-ringing"),
    Doing.REASSIGN: (Label("改派", "Reassign"), "arrows-exchange"),
    Doing.EXPLAIN: (Label("说明", "Explain"), "message-2"),
    Doing.EXCUSE: (Label("剔除", "Excuse"), "circle-check"),
    Doing.REFUSE: (Label("不同意", "Refuse"), "circle-x"),
    Doing.TAKE_BACK: (Label("撤销剔除", "Take the excuse back"), "arrow-back-up"),
    Doing.ENTER: (Label("同意处理", "Enter what is proposed"), "gavel"),
    Doing.DECLINE: (Label("不予处理", "Let nothing follow"), "x"),
}
HELP = {
    Doing.REMIND: Label(
        "给经办人发一条提醒，每天最多一次。",
        "Sends the holder a message, once a day at most.",
    ),
    Doing.REASSIGN: Label(
        "换一位负责，由其继续办理。", "Another person answers for it from now on."
    ),
    Doing.EXPLAIN: Label(
        "写明逾期的原因，交上级确认。",
        "Say why it was late; whoever is above you answers.",
    ),
    Doing.EXCUSE: Label(
        "结论不变，及时率和绩效不计这一次。",
        "The verdict stays; shares and pay leave it out.",
    ),
    Doing.REFUSE: Label(
        "逾期照常计入，经办人可以再次说明。",
        "It counts as late; the holder may explain again.",
    ),
    Doing.TAKE_BACK: Label("这一次逾期恢复计入。", "This breach counts again."),
    Doing.ENTER: Label(
        "按建议登记一条，由您登记，可再修改。",
        "Makes the entry below; it is yours, and may be changed.",
    ),
    Doing.DECLINE: Label(
        "逾期照常计入，不登记。", "It counts as late; nothing is entered."
    ),
}
OF_DUTIES = {
    Doing.EXPLAIN: Label(
        "写明没有达标的原因，交上级确认。",
        "Say why it was missed; whoever is above you answers.",
    ),
    Doing.EXCUSE: Label(
        "结论不变，达标的统计不计这一次。", "The verdict stays; shares leave it out."
    ),
    Doing.REFUSE: Label(
        "未达标照常计入，可以再次说明。", "It counts; it may be explained again."
    ),
    Doing.TAKE_BACK: Label("这一次未达标恢复计入。", "It counts as missed again."),
}
"""What each means of a missed duty."""
NOTED = {
    Doing.REMIND: Label("催办", "reminded"),
    Doing.REASSIGN: Label("改派给", "reassigned to"),
    Doing.EXPLAIN: Label("说明", "explained"),
    Doing.EXCUSE: Label("剔除", "excused"),
    Doing.REFUSE: Label("不同意说明", "refused"),
    Doing.TAKE_BACK: Label("撤销剔除", "took the excuse back"),
    Doing.ENTER: Label("已登记", "entered"),
    Doing.DECLINE: Label("不予处理", "let nothing follow"),
}
DONE = {
    Doing.REMIND: Label("已催办。", "The holder was reminded."),
    Doing.REASSIGN: Label("已改派。", "Reassigned."),
    Doing.EXPLAIN: Label("已提交说明，等上级确认。", "It waits for an answer."),
    Doing.EXCUSE: Label("已剔除，结论不变。", "Excused; the verdict stays."),
    Doing.REFUSE: Label("已答复不同意。", "Answered with no."),
    Doing.TAKE_BACK: Label("已撤销剔除。", "The excuse was taken back."),
    Doing.ENTER: Label("已按建议登记。", "Entered as proposed."),
    Doing.DECLINE: Label("已记录：不予处理。", "Noted: nothing follows."),
}


def forms(
    ways: Collection[Doing],
    urls: Mapping[Doing, str],
    first: Doing | None,
    text: str,
    meaning: Mapping[Doing, Label] = HELP,
) -> list[dict[str, Any]]:
    """Return a form for each thing that may be done, as desk/excuse.html takes them.

    Args:
        ways: What may be done.
        urls: Where each is posted to.
        first: The one that is shown open.
        text: What was typed into that one.
        meaning: What each of them means.
    """
    language = visit.language()
    return [
        {
            "doing": one.value,
            "label": label.text(language),
            "icon": icon,
            "help": meaning[one].text(language),
            "url": urls[one],
            "open": one is first,
            "text": text if one is first else "",
        }
        for one, (label, icon) in BUTTONS.items()
        if one in ways
    ]


def shown(notes: Iterable[Said]) -> list[dict[str, str]]:
    """Return what was said about what was judged as the templates show it."""
    language, zone = visit.language(), visit.zone()
    return [
        {
            "what": NOTED[Doing(one.kind)].text(language),
            "text": one.text,
            "by": one.by_name,
            "at": show_instant(one.at, zone),
        }
        for one in notes
    ]
