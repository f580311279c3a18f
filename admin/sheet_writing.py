"""Rows -> downloads: CSV and .xlsx as streams, named in Chinese.

Nothing here knows a register or a request: columns say what values are, rows come from
wherever they come, bytes go to whoever takes them.
"""

from admin.csv_writing import csv_chunks
from admin.sheet_columns import SheetColumn, Wording, blocks, content_disposition
from admin.xlsx_writing import xlsx_chunks

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

__all__ = [
    "CSV_TYPE",
    "XLSX_TYPE",
    "SheetColumn",
    "Wording",
    "blocks",
    "content_disposition",
    "csv_chunks",
    "xlsx_chunks",
]
