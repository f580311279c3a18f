// Charts: <div data-chart> holds its data as JSON (templates/board/board.html says how) and is drawn on a canvas.
// Tooltips are drawn too: ECharts' HTML ones carry style attributes, which the content security policy forbids.
"use strict";

(() => {
  const { t, on, tell } = window.taizhang;
  const paint = getComputedStyle(document.documentElement);
  const colour = (name) => paint.getPropertyValue(name).trim();
  const palette = ["#2f78a8", "#d58a3c", "#4b9a75", "#b55a4d", "#7b68a6", "#8a97a6", "#c7a83e", "#5fa8a3"];
  const text = { color: colour("--muted"), fontFamily: colour("--sans"), fontSize: 12 };
  const line = { lineStyle: { color: colour("--line") } };
  const number = (value, percent) => (value == null ? "–" : `${value.toLocaleString()}${percent ? "%" : ""}`);

  function axis(it, right) {
    return {
      type: "value",
      name: right ? "%" : it.unit,
      nameTextStyle: { ...text, align: right ? "left" : "right" },
      axisLabel: { ...text, formatter: it.percent || right ? "{value}%" : undefined },
      splitLine: right ? { show: false } : { lineStyle: { color: colour("--line-soft") } },
      scale: it.percent && !right,
    max: it.percent ? 100 : undefined,
    minInterval: it.percent ? undefined : 1,
    };
  }

  function bars(it) {
    const series = it.series.map((one) => ({
      name: one.name,
      type: one.kind,
      data: one.values,
      stack: it.stacked && one.kind === "bar" ? "all" : undefined,
      yAxisIndex: one.right ? 1 : 0,
      barMaxWidth: 26,
      symbol: "circle",
      symbolSize: 5,
      tooltip: { valueFormatter: (value) => number(value, it.percent || one.right) },
    }));
    if (it.mark) {
      series[0].markLine = {
        silent: true,
        symbol: "none",
        data: [{ yAxis: it.mark.value, label: { formatter: it.mark.label, ...text, position: "insideEndTop" } }],
        lineStyle: { color: colour("--late"), type: "dashed" },
      };
    }
    const axes = it.series.some((one) => one.right) ? [axis(it, false), { ...axis(it, true), max: 100 }] : axis(it, false);
    return {
      xAxis: { type: "category", data: it.categories, axisLine: line, axisTick: { show: false }, axisLabel: { ...text, hideOverlap: true } },
      yAxis: axes,
      series,
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
      legend: it.series.length > 1 ? { top: 0, right: 8, itemWidth: 12, itemHeight: 8, textStyle: text, type: "scroll" } : undefined,
    };
  }

  function heat(it) {
    const most = Math.max(1, ...it.cells.map((cell) => cell[2]));
    return {
      xAxis: { type: "category", data: it.categories, axisLine: line, axisTick: { show: false }, axisLabel: text, splitArea: { show: true } },
      yAxis: { type: "category", data: it.rows, inverse: true, axisLine: line, axisTick: { show: false }, axisLabel: text },
      visualMap: { min: 0, max: most, show: false, inRange: { color: ["#f1f6f9", "#9cc4da", "#2f78a8", "#0b4768"] } },
      series: [{ type: "heatmap", data: it.cells, label: { show: it.cells.length <= 120, fontSize: 11 }, itemStyle: { borderColor: colour("--paper"), borderWidth: 2 } }],
      tooltip: { formatter: ({ value }) => `${it.rows[value[1]]} ${it.categories[value[0]]}  ${value[2]} ${it.unit}` },
    };
  }

  for (const place of document.querySelectorAll("[data-chart]")) {
    const it = JSON.parse(place.querySelector("script").textContent);
    const chart = echarts.init(place, null, { renderer: "canvas" });
    const option = it.kind === "heat" ? heat(it) : bars(it);
    option.tooltip = { ...option.tooltip, renderMode: "richText", confine: true, textStyle: { ...text, color: colour("--ink") }, backgroundColor: colour("--paper"), borderColor: colour("--line") };
    chart.setOption({ animation: false, color: palette, textStyle: text, grid: { left: 8, right: 12, top: 36, bottom: 6, outerBoundsMode: "same", outerBoundsContain: "axisLabel" }, ...option });
    new ResizeObserver(() => chart.resize()).observe(place);
  }

  on("click", "[data-copy-chart]", async (event, button) => {
    const chart = echarts.getInstanceByDom(button.closest("section").querySelector("[data-chart]"));
    const url = chart.getDataURL({ pixelRatio: 2, backgroundColor: "#fff" });
    const bytes = Uint8Array.from(atob(url.split(",")[1]), (it) => it.charCodeAt(0));
    const picture = new Blob([bytes], { type: "image/png" });
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
      tell(t("图片已复制，可直接粘贴到聊天或文档中。", "Copied; paste it anywhere."), "ok");
    } catch {
      // Without https browsers allow no pictures on the clipboard: offer the file instead.
      const link = document.createElement("a");
      link.href = URL.createObjectURL(picture);
      link.download = `${button.closest("section").querySelector("h2").textContent}.png`;
      link.click();
    }
  });
})();
