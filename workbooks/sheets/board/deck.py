"""Write pages as an editable deck: native charts and tables, in a company's own template."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.text import PP_ALIGN
from pptx.util import Emu, Inches, Pt
from xlsxwriter import Workbook

from workbooks.file.package import Package
from workbooks.file.refusal import RefreshError
from workbooks.plan.lines.option import TITLES
from workbooks.printable import STEERING
from workbooks.sheets.board.pages import Chart, Page
from workbooks.sheets.style import OPTION_COLOURS, STRATEGY_COLOURS, TITLE_BAND

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
KINDS = {
    "line": XL_CHART_TYPE.LINE,
    "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "bars": XL_CHART_TYPE.BAR_STACKED,
}
AXES = {1e7: '0.0,,"M";-0.0,,"M";0', 1e4: '#,##0,"k";-#,##0,"k";0', 0.0: "#,##0"}
"""How the numbers beside a chart are written, from the largest of them on."""
ALONE = "Title Only"
TYPES, ZIP = "[Content_Types].xml", b"PK\3\4"
MADE = (1980, 1, 1, 0, 0, 0)
TEMPLATE = b"presentationml.template.main+xml"
DECK = b"presentationml.presentation.main+xml"
TITLE_HEIGHT, FOOT = 0.13, 0.05
"""Parts of a page's height."""


class TemplateError(ValueError):
    """A template that no deck can be made in; the message says why, in one sentence."""


def deck(pages: Sequence[Page], footer: str, day: datetime.date, template: bytes = b"") -> bytes:
    """Return a deck; the same pages in the same template are the same bytes.

    Raises
    ------
    TemplateError
        If the template is no PowerPoint file, or one in which no page can be made.
    """
    try:
        return _filled(_opened(template), pages, footer, day, ours=not template)
    except RefreshError as error:
        raise TemplateError(str(error)) from None
    except Exception as error:  # whatever is wrong with somebody's file, it is no template
        if not template or isinstance(error, TemplateError):
            raise
        raise TemplateError(f"it is no PowerPoint template ({type(error).__name__})") from None


def _filled(
    presentation: Any, pages: Sequence[Page], footer: str, day: datetime.date, ours: bool
) -> bytes:
    for page in pages:
        _Slide(presentation, page, footer, ours)
    about = presentation.core_properties
    about.title, about.created, about.modified = _plain(pages[0].title), _noon(day), _noon(day)
    about.last_modified_by, about.revision = "evenpoint", 1
    content = io.BytesIO()
    presentation.save(content)
    return _dated(content.getvalue())


def _opened(template: bytes) -> Any:
    """Return a presentation without slides."""
    presentation: Any = Presentation(io.BytesIO(_as_deck(template)) if template else None)
    presentation.slide_layouts[0]
    if not template:
        presentation.slide_width, presentation.slide_height = WIDTH, HEIGHT
    slides = presentation.slides._sldIdLst
    for slide in list(slides):
        presentation.part.drop_rel(slide.rId)
        slides.remove(slide)
    return presentation


def _as_deck(template: bytes) -> bytes:
    """Return a .potx as a .pptx, which it is but for one word."""
    if template[:4] != ZIP:
        raise TemplateError("it is no PowerPoint template")
    package, content = Package(Path("it"), template), io.BytesIO()
    with zipfile.ZipFile(content, "w") as new:
        for name in package.entries:
            part = package.read(name)
            new.writestr(name, part.replace(TEMPLATE, DECK) if name == TYPES else part)
    return content.getvalue()


class _Slide:
    """One slide, filled from top to bottom."""

    def __init__(self, presentation: Any, page: Page, footer: str, ours: bool) -> None:
        self.ours = ours
        self.width, self.height = presentation.slide_width, presentation.slide_height
        self.slide = presentation.slides.add_slide(_layout(presentation))
        self.margin = int(self.width * 0.045)
        self.top = int(self.height * 0.04)
        self._title(page.title)
        self._sentences(page.sentences)
        self._figures(page.figures)
        self._table(page.table, beside=bool(page.charts))
        for chart in page.charts:
            self._chart(chart)
        self._text(footer, int(self.height * (1 - FOOT)), int(self.height * FOOT), 9)

    def _title(self, text: str) -> None:
        shape = self.slide.shapes.title
        if shape is None:
            self._text(text, self.top, int(self.height * TITLE_HEIGHT), 28, bold=True)
        else:
            shape.text_frame.text = _plain(text)
            if self.ours:
                shape.left, shape.top = Emu(self.margin), Emu(self.top)
                shape.width = Emu(self.width - 2 * self.margin)
                shape.height = Emu(int(self.height * TITLE_HEIGHT * 0.8))
                shape.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
                run = shape.text_frame.paragraphs[0].runs[0]
                run.font.size, run.font.bold = Pt(28), True
                run.font.color.rgb = _colour(TITLE_BAND)
            self.top = shape.top + shape.height
        if not self.ours:
            self.top = max(self.top, int(self.height * TITLE_HEIGHT))

    def _sentences(self, sentences: Sequence[str]) -> None:
        for place, text in enumerate(filter(None, sentences)):
            size = 16 if place < 1 else 12
            per_line = int((self.width - 2 * self.margin) / Pt(size * 0.52))
            tall = Pt(size * 1.25) * (1 + len(text) // per_line) + Pt(8)
            self._text(text, self.top, tall, size)
            self.top += tall

    def _figures(self, figures: Sequence[tuple[str, str]]) -> None:
        if not figures:
            return
        each = (self.width - 2 * self.margin) // len(figures)
        for place, (label, value) in enumerate(figures):
            left = self.margin + place * each
            self._text(value, self.top, Pt(40), 26, left=left, width=each, bold=True)
            self._text(label, self.top + Pt(38), Pt(36), 11, left=left, width=each)
        self.top += Pt(80)

    def _table(self, rows: Sequence[Sequence[str]], beside: bool) -> None:
        if not rows:
            return
        room = int((self.width - 2 * self.margin) * (0.55 if beside else 1))
        shape = self.slide.shapes.add_table(
            len(rows), len(rows[0]), self.margin, self.top + Pt(6), room, Pt(22) * len(rows)
        )
        for i, row in enumerate(rows):
            for j, text in enumerate(row):
                _fill(shape.table.cell(i, j), text, number=j > 0 and beside, head=i == 0)
        for column, share in zip(shape.table.columns, _shares(rows), strict=True):
            column.width = Emu(int(room * share))
        self.left_of_chart = self.margin + room + Pt(10)

    def _chart(self, chart: Chart) -> None:
        left = getattr(self, "left_of_chart", self.margin)
        tall = int(self.height * (1 - FOOT)) - self.top - Pt(8)
        data = CategoryChartData(number_format="#,##0")
        data.categories = [_plain(text) for text in chart.along]
        for name, values in chart.series.items():
            data.add_series(_plain(name), values)
        room = self.width - self.margin - left
        frame = self.slide.shapes.add_chart(
            KINDS[chart.kind], left, self.top + Pt(6), room, tall, data
        )
        frame.name = _plain(chart.title)
        frame.chart.part.chart_workbook.update_from_xlsx_blob(_data(chart))
        _dress(frame.chart, chart, self.ours)

    def _text(
        self,
        text: str,
        top: int,
        tall: int,
        size: int,
        *,
        left: int | None = None,
        width: int | None = None,
        bold: bool = False,
    ) -> None:
        box = self.slide.shapes.add_textbox(
            self.margin if left is None else left,
            top,
            self.width - 2 * self.margin if width is None else width,
            tall,
        )
        box.text_frame.word_wrap = True
        run = box.text_frame.paragraphs[0].add_run()
        run.text, run.font.size, run.font.bold = _plain(text), Pt(size), bold


def _layout(presentation: Any) -> Any:
    """Return the layout with a title and nothing else, or the nearest to it."""
    layouts = list(presentation.slide_layouts)
    named = [each for each in layouts if each.name == ALONE]
    titled = [
        each
        for each in layouts
        if any(p.placeholder_format.type in (1, 3) for p in each.placeholders)
    ]
    return (named or sorted(titled, key=lambda each: len(each.placeholders)) or layouts)[0]


def _fill(cell: Any, text: str, number: bool, head: bool) -> None:
    paragraph = cell.text_frame.paragraphs[0]
    run = paragraph.add_run()
    run.text, run.font.size, run.font.bold = _plain(text), Pt(11), head
    cell.margin_top = cell.margin_bottom = Pt(2)
    if number:
        paragraph.alignment = PP_ALIGN.RIGHT


def _shares(rows: Sequence[Sequence[str]]) -> list[float]:
    """Return the part of the width that each column needs for its longest text."""
    longest = [min(max(map(len, column)), 60) + 4 for column in zip(*rows, strict=True)]
    return [each / sum(longest) for each in longest]


def _dress(drawn: Any, chart: Chart, ours: bool) -> None:
    drawn.has_title = True
    drawn.chart_title.text_frame.text = _plain(chart.title)
    drawn.chart_title.text_frame.paragraphs[0].runs[0].font.size = Pt(13)
    drawn.font.size = Pt(11)
    drawn.has_legend, drawn.legend.position = True, XL_LEGEND_POSITION.BOTTOM
    drawn.legend.include_in_layout = False
    axis = drawn.value_axis
    largest = max(map(abs, chain.from_iterable(chart.series.values())), default=0.0)
    form = next(form for least, form in AXES.items() if largest >= least)
    axis.tick_labels.number_format = form
    axis.tick_labels.number_format_is_linked = False
    drawn.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if chart.kind == "bars":
        drawn.plots[0].overlap, drawn.plots[0].gap_width = 100, 60
    if chart.kind == "columns":
        drawn.plots[0].has_data_labels = True
        drawn.plots[0].data_labels.number_format = "#,##0"
        drawn.plots[0].data_labels.number_format_is_linked = False
    for at, series in enumerate(drawn.plots[0].series if ours else ()):
        option = next((o for o, title in TITLES.items() if title == series.name), "")
        other = STRATEGY_COLOURS[at % len(STRATEGY_COLOURS)]
        colour = _colour(OPTION_COLOURS.get(option, other))
        if chart.kind == "line":
            series.smooth, series.format.line.width = False, Pt(2.25)
            series.format.line.color.rgb = colour
        elif option or chart.kind == "columns":
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = colour


def _data(chart: Chart) -> bytes:
    """Return the sheet behind a chart, in which no text becomes a formula or a link."""
    content = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with Workbook(content, plain) as book:
        book.set_properties({"created": datetime.datetime(*MADE)})
        sheet = book.add_worksheet("Sheet1")
        for row, text in enumerate(chart.along, start=1):
            sheet.write_string(row, 0, _plain(text))
        for column, (name, values) in enumerate(chart.series.items(), start=1):
            sheet.write_string(0, column, _plain(name))
            sheet.write_column(1, column, values)
    return content.getvalue()


def _dated(deck: bytes) -> bytes:
    """Return a package whose entries do not tell when they were written."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(deck)) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, MADE), old.read(name), zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _plain(text: str) -> str:
    return STEERING.sub("?", text)


def _colour(code: str) -> Any:
    return RGBColor.from_string(code.removeprefix("#"))


def _noon(day: datetime.date) -> datetime.datetime:
    return datetime.datetime(day.year, day.month, day.day, 12)
