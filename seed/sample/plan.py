"""Sample plans as they lie beside a template, in its `sample.yaml`."""

from dataclasses import dataclass

from models.words import Label
from seed import template
from seed.sample.plan_schema import SampleFile
from seed.template_error import Fault, TemplateError, one_of
from seed.template_schema import validated
from seed.yaml_source import Path_, Source, read_yaml


@dataclass(frozen=True, slots=True, eq=False)
class SamplePlan:
    """A plan, the template it is for, and where it stands."""

    template: str
    source: Source
    file: SampleFile

    def fault(self, problem: Label, *path: str | int) -> Fault:
        """Return a mistake at a part of the plan."""
        where: Path_ = path
        return self.source.fault(where, problem)


def plan_names() -> list[str]:
    """Return the templates that have a plan."""
    return [
        name
        for name in template.template_names()
        if (template.FOLDER / name / template.SAMPLE_FILE).is_file()
    ]


def read_plan(name: str) -> SamplePlan:
    """Read the plan of a template; nothing is checked against registers yet.

    Raises:
        TemplateError: There is none, or it is written wrongly.
    """
    if name not in plan_names():
        what = Label("有样例的行业模板", "a template with a sample")
        problem = one_of(name, plan_names(), what)
        raise TemplateError([Fault("templates", 1, (), problem)])
    file = template.FOLDER / name / template.SAMPLE_FILE
    source = read_yaml(file, f"{name}/{template.SAMPLE_FILE}")
    return SamplePlan(name, source, validated(source, SampleFile))
