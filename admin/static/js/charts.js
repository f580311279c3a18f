// Charts: draws what stands in data-chart (admin/chart_pictures.py says how), shows the table in its place, copies and
// saves the picture. A click on a part opens the rows behind it; by keyboard the table's links do.
"use strict";

window.taizhangCharts = (() => {
  const { t } = window.taizhang;
  const COLOURS = ["#2f7fb0", "#d09a35", "#3d9a6c", "#b5544b", "#7a5aa8", "#4aa3a2", "#8a6d3b", "#6b7885", "#c17ba0", "#5b78c7"];
  const FUNNEL_SHADES = ["#0b5a85", "#2672a0", "#4a8db7", "#74a9cc", "#a1c6de"];

  /** A colour or a font of the page as it is shown now. */
  const look = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const shown = (value, share) => (value === null || value === undefined ? "—" : value.toLocaleString() + (share ? "%" : ""));
  const thousands = (value) => (Math.abs(value) >= 10000 ? `${value / 1000}k` : String(value));

  function common(picture) {
    const ink = look("--ink-soft");
    return {
      color: COLOURS,
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 300,
      textStyle: { fontFamily: look("--sans"), color: ink },
      tooltip: { renderMode: "richText", confine: true, backgroundColor: look("--paper"), borderColor: look("--line"), textStyle: { color: look("--ink"), fontSize: 12 } },
      aria: { enabled: true, label: { description: picture.title } },
    };
  }

  const axisLook = () => ({
    axisLine: { lineStyle: { color: look("--line") } },
    axisTick: { show: false },
    axisLabel: { color: look("--muted"), fontSize: 11, hideOverlap: true },
    splitLine: { lineStyle: { color: look("--line-soft") } },
  });

  function bars(picture) {
    const hasShare = picture.series.some((one) => one.share);
    const hasCount = picture.series.some((one) => !one.share);
    const names = { type: "category", data: picture.labels, inverse: picture.sideways, ...axisLook(), splitLine: { show: false } };
    const count = { type: "value", minInterval: 1, ...axisLook(), axisLabel: { ...axisLook().axisLabel, formatter: thousands } };
    const percent = { type: "value", min: 0, max: 100, ...axisLook(), axisLabel: { ...axisLook().axisLabel, formatter: "{value}%" }, splitLine: { show: !hasCount, lineStyle: { color: look("--line-soft") } } };
    const values = [...(hasCount ? [count] : []), ...(hasShare ? [percent] : [])];
    const series = picture.series.map((one) => {
      const at = one.share && hasCount ? 1 : 0;
      const drawn = { name: one.name, type: one.type, data: one.values, stack: one.stack || undefined, emphasis: { focus: "none" }, tooltip: { valueFormatter: (value) => shown(value, one.share) } };
      drawn[picture.sideways ? "xAxisIndex" : "yAxisIndex"] = at;
      if (one.type === "bar") return { ...drawn, barMaxWidth: 28, cursor: "pointer" };
      // Between people there is nothing that a line could follow.
      if (one.dots) return { ...drawn, lineStyle: { width: 0 }, symbol: "diamond", symbolSize: 12, z: 3 };
      const line = { width: 2, type: one.dashed ? "dashed" : "solid" };
      return { ...drawn, lineStyle: line, symbol: one.dashed ? "none" : "circle", symbolSize: 5, z: 3, connectNulls: false, ...(one.dashed ? { color: look("--muted") } : {}) };
    });
    if (picture.mark !== null && picture.mark !== undefined && series.length) {
      series[0].markLine = { silent: true, symbol: "none", data: [{ yAxis: picture.mark }], lineStyle: { color: look("--late-fill"), type: "dashed" }, label: { position: "insideEndTop", color: look("--late"), formatter: String(picture.mark) } };
    }
    return {
      grid: { left: 8, right: picture.sideways ? 24 : 8, top: series.length > 1 ? 44 : 18, bottom: 8, containLabel: true },
      legend: series.length > 1 ? { type: "scroll", top: 4, left: 8, right: 8, itemWidth: 14, itemHeight: 9, textStyle: { color: look("--ink-soft"), fontSize: 12 }, pageTextStyle: { color: look("--muted") } } : undefined,
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
      xAxis: picture.sideways ? values : names,
      yAxis: picture.sideways ? names : values,
      series,
    };
  }

  function heat(picture) {
    const most = Math.max(1, ...picture.cells.map(([, , value]) => value || 0));
    return {
      grid: { left: 8, right: 8, top: 12, bottom: 44, containLabel: true },
      tooltip: { formatter: ({ data }) => `${picture.rows[data[1]]} ${picture.labels[data[0]]}  ${shown(data[2])}` },
      xAxis: { type: "category", data: picture.labels, ...axisLook(), splitLine: { show: false } },
      yAxis: { type: "category", data: picture.rows, inverse: true, ...axisLook(), splitLine: { show: false } },
      visualMap: { min: 0, max: most, orient: "horizontal", left: "center", bottom: 4, itemHeight: 90, itemWidth: 12, calculable: false, textStyle: { color: look("--muted"), fontSize: 11 }, inRange: { color: [look("--line-soft"), "#a9cde2", "#2f7fb0", "#07446a"] } },
      series: [{ type: "heatmap", data: picture.cells.map(([x, y, value]) => [x, y, value || 0]), itemStyle: { borderColor: look("--paper"), borderWidth: 2 } }],
    };
  }

  function share(picture, place) {
    const isNarrow = place.clientWidth < 480;
    const where = isNarrow ? { orient: "horizontal", left: "center", bottom: 4 } : { orient: "vertical", right: 8, top: "middle" };
    return {
      tooltip: { formatter: ({ name, value, percent }) => `${name}  ${shown(value)}  ${percent}%` },
      legend: { type: "scroll", ...where, itemWidth: 12, itemHeight: 9, textStyle: { color: look("--ink-soft"), fontSize: 12 } },
      series: [{ type: "pie", radius: isNarrow ? ["36%", "60%"] : ["46%", "72%"], center: isNarrow ? ["50%", "44%"] : ["38%", "50%"], avoidLabelOverlap: true, label: { formatter: "{d}%", color: look("--ink-soft") }, itemStyle: { borderColor: look("--paper"), borderWidth: 1 }, data: picture.parts.map(({ name, value }) => ({ name, value })) }],
    };
  }

  /** States from top to bottom, each bar in the middle and as wide as the entries in it. */
  function funnel(picture) {
    const most = Math.max(1, ...picture.parts.map(({ value }) => value || 0));
    const half = (value) => (most - (value || 0)) / 2;
    return {
      grid: { left: 8, right: 24, top: 12, bottom: 12, containLabel: true },
      tooltip: { formatter: ({ dataIndex }) => `${picture.parts[dataIndex].name}  ${shown(picture.parts[dataIndex].value)}` },
      xAxis: { type: "value", show: false, max: most },
      yAxis: { type: "category", inverse: true, data: picture.labels, ...axisLook(), axisLine: { show: false } },
      series: [
        { type: "bar", stack: "all", silent: true, itemStyle: { color: "transparent" }, data: picture.parts.map(({ value }) => half(value)), barCategoryGap: "18%" },
        { type: "bar", stack: "all", cursor: "pointer", label: { show: true, formatter: ({ value }) => shown(value), color: look("--ink"), textBorderColor: look("--paper"), textBorderWidth: 2 }, data: picture.parts.map(({ value }, at) => ({ value, itemStyle: { color: FUNNEL_SHADES[at % FUNNEL_SHADES.length] } })) },
      ],
    };
  }

  const KINDS = { bars, heat, share, funnel };

  /** The address behind what was clicked. */
  function address(picture, { seriesIndex, dataIndex }) {
    if (picture.kind === "heat") return picture.cells[dataIndex][3];
    if (picture.parts) return picture.parts[dataIndex].url;
    return picture.series[seriesIndex]?.urls[dataIndex];
  }

  /** Draws a picture into an element, anew when the page changes its colours or size. */
  function draw(place, picture) {
    const chart = window.echarts.init(place);
    const paint = () => {
      const own = KINDS[picture.kind](picture, place), all = common(picture);
      chart.setOption({ ...all, ...own, tooltip: { ...all.tooltip, ...own.tooltip } }, true);
    };
    paint();
    chart.on("click", (what) => {
      const url = address(picture, what);
      if (url) location.assign(url);
    });
    new ResizeObserver(() => chart.resize()).observe(place);
    new MutationObserver(paint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
    return chart;
  }

  async function image(chart) {
    const url = chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: look("--paper") });
    const bytes = Uint8Array.from(atob(url.split(",")[1]), (letter) => letter.charCodeAt(0));
    return new Blob([bytes], { type: "image/png" });
  }

  async function save(chart, name) {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(await image(chart)), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  function begin(card) {
    const place = card.querySelector("[data-chart]");
    if (!place) return;
    const table = card.querySelector(".chart-table");
    place.hidden = false;
    table.hidden = true;
    const chart = draw(place, JSON.parse(place.dataset.chart));
    const toggle = card.querySelector("[data-chart-table]");
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      table.hidden = !table.hidden;
      place.hidden = !table.hidden;
      toggle.setAttribute("aria-pressed", String(!table.hidden));
      if (table.hidden) chart.resize();
    });
    const picture = card.querySelector("[data-chart-picture]");
    if (!picture) return; // looked at, and not taken along
    picture.hidden = false;
    picture.addEventListener("click", () => save(chart, picture.dataset.chartPicture));
    const copy = card.querySelector("[data-chart-copy]");
    if (!navigator.clipboard?.write || !window.ClipboardItem) return;
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": image(chart) })]);
      window.taizhang.tell(t("图片已复制。", "The picture is copied."), "ok");
    });
  }

  for (const card of document.querySelectorAll("[data-chart-card]")) begin(card);
  return { draw, save };
})();
