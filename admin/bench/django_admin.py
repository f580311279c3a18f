"""Django's admin over the same table: models that it does not manage, one admin class.

Imported by Django itself, after `django_settings.configure`. Set up as its documents
advise: autocomplete, `list_select_related`, no full count, import-export.
"""

from typing import Any

from django.contrib import admin
from django.db import models
from django.urls import path
from import_export import fields, resources, widgets
from import_export.admin import ImportExportModelAdmin

from admin.bench.django_settings import APP
from admin.bench.questions import (
    EXPORTED,
    FILTERED,
    IMPORTED,
    LISTED,
    PAGE,
    SEARCHED,
)
from models import catalogue
from models.register import (
    ATTACHMENT,
    DATE,
    DECIMAL,
    INSTANT,
    LONG_TEXT,
    MONEY,
    REFERENCES,
    YES_NO,
    Declaration,
    Field,
)
from seed.bench_rows import CUSTOMERS, REGISTER

DECLARED = catalogue.current()[REGISTER]


_KINDS: dict[Any, Any] = {
    LONG_TEXT: models.TextField,
    INSTANT: models.DateTimeField,
    DATE: models.DateField,
    YES_NO: models.BooleanField,
    MONEY: models.BigIntegerField,  # whole fen, and other decimals scaled likewise
    DECIMAL: models.BigIntegerField,
}


def _column(one: Field) -> Any:
    """Return Django's field for one of ours, over the column as it stands."""
    more: dict[str, Any] = {
        "db_column": one.column,
        "null": True,
        "blank": not one.required,
        "verbose_name": one.label.zh,
    }
    if one.options:
        choices = [(it.value, it.label.zh) for it in one.options]
        return models.CharField(max_length=40, choices=choices, **more)
    plain = _KINDS.get(one.type)
    if plain is not None:
        return plain(**more)
    return models.CharField(max_length=one.max_length, **more)


def _model(declared: Declaration, links: dict[str, Any]) -> Any:
    shown = declared.display[0]
    made: dict[str, Any] = {
        one.name: _column(one)
        for one in declared.all_fields
        if one.column
        and one.type not in REFERENCES
        and one.name not in links
        and (declared is DECLARED or one.name in (*declared.display, "number"))
    }
    meta = type(
        "Meta",
        (),
        {
            "managed": False,
            "db_table": declared.code,
            "app_label": APP,
            "verbose_name": declared.title.zh,
        },
    )

    def called(self: Any) -> str:
        return str(getattr(self, shown))

    more = {"version": models.IntegerField(default=1)} if declared is DECLARED else {}
    return type(
        declared.code.title().replace("_", ""),
        (models.Model,),
        {
            "__module__": __name__,
            "__str__": called,
            "Meta": meta,
            "id": models.BigAutoField(primary_key=True),
            **made,
            **links,
            **more,
        },
    )


_referred = dict.fromkeys(
    one.refers_to for one in DECLARED.all_fields if one.refers_to and one.column
)
TARGETS = {code: _model(catalogue.current()[code], {}) for code in _referred if code}
Complaint: Any = _model(
    DECLARED,
    {
        one.name: models.ForeignKey(
            TARGETS[one.refers_to],
            models.DO_NOTHING,
            db_column=one.column,
            related_name="+",
            null=True,
            blank=True,
            verbose_name=one.label.zh,
        )
        for one in DECLARED.all_fields
        if one.refers_to in TARGETS and one.column
    },
)
_EDITED = [
    one
    for one in DECLARED.fields
    if not one.is_given and one.computed is None and one.type is not ATTACHMENT
]
_category = {it.label.zh: it.value for it in DECLARED.field("category").options}


class Category(widgets.Widget):
    """Reads an option by its label, as our import does."""

    def clean(self, value: Any, row: Any = None, **_more: Any) -> Any:
        """Return what is stored."""
        del row
        return _category[value]


class ImportedComplaint(resources.ModelResource):
    """The columns of the imported file."""

    customer = fields.Field(
        attribute="customer",
        column_name=IMPORTED["customer"],
        widget=widgets.ForeignKeyWidget(TARGETS[CUSTOMERS], "name"),
    )
    category = fields.Field(
        attribute="category", column_name=IMPORTED["category"], widget=Category()
    )

    class Meta:
        """Every row is a new one: nothing is looked up that has no index for it."""

        model = Complaint
        import_id_fields = ()
        force_init_instance = True
        fields = tuple(IMPORTED)
        use_bulk = False


for _name, _label in IMPORTED.items():
    ImportedComplaint.fields[_name].column_name = _label


def _path(name: str) -> str:
    """Return a field, or through a reference the field that its entry is called by."""
    target = DECLARED.field(name).refers_to
    return f"{name}__{catalogue.current()[target].display[0]}" if target else name


class ExportedComplaint(resources.ModelResource):
    """The columns of every export."""

    class Meta:
        """References by what they are called."""

        model = Complaint
        fields = export_order = tuple(map(_path, EXPORTED))


@admin.register(*TARGETS.values())
class TargetAdmin(admin.ModelAdmin):
    """What autocomplete fields look things up in."""

    search_fields = ("number",)


@admin.register(Complaint)
class ComplaintAdmin(ImportExportModelAdmin):
    """The admin of the register."""

    resource_classes = [ExportedComplaint]  # noqa: RUF012 - the library's manner
    list_display = LISTED
    list_select_related = tuple(
        name for name in LISTED if DECLARED.field(name).refers_to
    )
    list_per_page = PAGE
    list_max_show_all = PAGE
    show_full_result_count = False
    ordering = ("-received_at", "-id")
    search_fields = SEARCHED
    # By person and customer an address filters all the same, without hundreds of links.
    list_filter = tuple(name for name in FILTERED if not DECLARED.field(name).refers_to)
    fields = tuple(one.name for one in _EDITED)
    autocomplete_fields = tuple(one.name for one in _EDITED if one.refers_to in TARGETS)

    def get_export_queryset(self, request: Any) -> Any:
        """Bring what rows refer to in the same statement."""
        found = super().get_export_queryset(request)
        return found.select_related(
            *(name for name in EXPORTED if DECLARED.field(name).refers_to)
        )


urlpatterns = [path("admin/", admin.site.urls)]
