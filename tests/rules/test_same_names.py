from models.rules.same_names import core


def test_legal_form_blanks_and_widths_make_no_other_name() -> None:
    written = (
        "苏州金锐激光科技",
        "苏州金锐激光科技有限公司",
        "苏州 金锐（激光）科技 有限责任公司",
        "苏州金锐激光科技股份有限公司",
    )

    assert {core(one) for one in written} == {"苏州金锐激光科技"}
    assert core("ＡＢＣ Co., Ltd.") == core("abc") == "abc"


def test_name_of_nothing_but_a_legal_form_is_kept() -> None:
    assert core("有限公司") == "有限"
    assert core("公司") == "公司"
    assert core("") == ""


def test_other_names_stay_apart() -> None:
    assert core("苏州金锐科技") != core("苏州金瑞科技")
