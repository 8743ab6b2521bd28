/// How the page looks: on wide and narrow screens, light and dark, and on paper.
enum PageStyle {
    static let sheet: Markup = """
        :root {
          --back: #ffffff; --card: #f6f7f9; --line: #d9dde3; --text: #1b1f24; --soft: #57606a;
          --ours: #0b62d6; --peer: #7f8998; --limit: #b9c0cb;
          --met: #116329; --met-back: #dafbe1; --missed: #a40e26; --missed-back: #ffebe9;
          --none: #57606a; --none-back: #eceff2; --wished: #7d4e00; --wished-back: #fff3cd;
          --c0: #b3470a; --c1: #2e7d32; --c2: #7b3fb5; --c3: #b3261e;
          --c4: #00796b; --c5: #7a5548; --c6: #b0126b; --c7: #6b6b00;
        }
        @media screen and (prefers-color-scheme: dark) {
          :root {
            --back: #0f1319; --card: #181d25; --line: #323a46; --text: #e6e9ee; --soft: #a3adba;
            --ours: #5aa5ff; --peer: #828d9c; --limit: #556070;
            --met: #7ee2a0; --met-back: #12341f; --missed: #ff9c96; --missed-back: #46191a;
            --none: #a3adba; --none-back: #262d37; --wished: #f0c674; --wished-back: #3b2f10;
            --c0: #ff9d5c; --c1: #7bc67f; --c2: #c79bf2; --c3: #ff8a80;
            --c4: #4fc3b2; --c5: #c5a396; --c6: #f78fc5; --c7: #cfcf5e;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; padding: 24px 20px 48px; max-width: 1180px; background: var(--back);
          color: var(--text); font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif;
          font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
        }
        h1 { font-size: 26px; line-height: 1.25; margin: 0 0 8px; overflow-wrap: anywhere; }
        h2 { font-size: 20px; margin: 40px 0 8px; }
        h3 { font-size: 17px; margin: 28px 0 8px; }
        h4 { font-size: 14px; margin: 0 0 6px; }
        p { margin: 0 0 12px; }
        nav { display: flex; flex-wrap: wrap; gap: 4px 16px; }
        a { color: var(--ours); }
        table { border-collapse: collapse; font-size: 13.5px; }
        th, td { padding: 5px 8px; border-bottom: 1px solid var(--line); }
        thead th, caption { color: var(--soft); font-weight: 600; text-align: left; }
        tbody th { font-weight: 500; text-align: left; }
        .targets { width: 100%; }
        .targets .figure { text-align: right; white-space: nowrap; }
        .targets thead th:nth-child(2), .targets thead th:nth-child(n+4):nth-child(-n+6) {
          text-align: right;
        }
        .verdict { white-space: nowrap; }
        .verdict span { padding: 2px 8px; border-radius: 10px; font-weight: 600; }
        .met .verdict span { color: var(--met); background: var(--met-back); }
        .missed .verdict span { color: var(--missed); background: var(--missed-back); }
        .wished .verdict span { color: var(--wished); background: var(--wished-back); }
        .unmeasured .verdict span { color: var(--none); background: var(--none-back); }
        .unmeasured th, .unmeasured td { color: var(--soft); }
        .cards { display: grid; gap: 16px; }
        .cards { grid-template-columns: repeat(auto-fill, minmax(min(100%, 480px), 1fr)); }
        .card {
          background: var(--card); border: 1px solid var(--line); border-radius: 8px;
          padding: 12px 14px; min-width: 0; break-inside: avoid;
        }
        .wide, .card:only-child { grid-column: 1 / -1; }
        .card:only-child {
          display: grid; gap: 10px 28px;
          grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr));
        }
        .card:only-child > * { min-width: 0; align-self: start; }
        .card:only-child > h4 { grid-column: 1 / -1; }
        .card:only-child > figure { margin: 0; }
        figure { margin: 0; }
        .card > figure + figure { margin-top: 14px; }
        figcaption { color: var(--soft); font-size: 12.5px; margin-bottom: 4px; }
        .rows { display: grid; gap: 1px 10px; font-size: 13px; align-items: center; }
        .rows { grid-template-columns: fit-content(38%) minmax(60px, 1fr) max-content; }
        .rows figcaption { grid-column: 1 / -1; }
        .name { overflow-wrap: anywhere; line-height: 1.25; }
        .name.ours { color: var(--ours); font-weight: 650; }
        .value { text-align: right; white-space: nowrap; }
        svg { display: block; overflow: visible; }
        svg text { fill: var(--soft); font-size: 11px; }
        .track { width: 100%; height: 20px; }
        .ticks { width: 100%; height: 16px; }
        .grid { stroke: var(--line); stroke-width: 1; }
        .bar.ours, .swatch.ours { fill: var(--ours); background: var(--ours); }
        .bar.peer, .swatch.peer { fill: var(--peer); background: var(--peer); }
        .bar.limit, .swatch.limit { fill: var(--limit); background: var(--limit); }
        .whisker { stroke: var(--text); stroke-width: 1.5; }
        .swatch {
          display: inline-block; width: 12px; height: 12px; border-radius: 2px;
          margin-left: 8px; vertical-align: -1px; print-color-adjust: exact;
        }
        .swatch:first-child { margin-left: 0; }
        .key {
          display: inline-flex; align-items: center; gap: 2px; margin-right: 8px;
          vertical-align: bottom;
        }
        .mark, .range { stroke: var(--peer); stroke-width: 2; fill: var(--peer); }
        .ours .mark, .ours .range { stroke: var(--ours); fill: var(--ours); }
        .key .mark { stroke: var(--text); fill: var(--text); }
        .mark.p99 { fill: var(--card) !important; }
        .plot { display: flex; }
        .area { flex: 1; min-width: 0; }
        .ends { flex: none; width: 170px; }
        .up { flex: none; }
        .series line { stroke: currentColor; stroke-width: 2; }
        .series circle { fill: currentColor; }
        .ends .series line { stroke-width: 1; }
        .ends text { fill: currentColor; font-size: 12px; }
        .dashed line { stroke-dasharray: 5 3; }
        .series.c0 { color: var(--c0); } .series.c1 { color: var(--c1); }
        .series.c2 { color: var(--c2); } .series.c3 { color: var(--c3); }
        .series.c4 { color: var(--c4); } .series.c5 { color: var(--c5); }
        .series.c6 { color: var(--c6); } .series.c7 { color: var(--c7); }
        .series.ours { color: var(--ours); }
        .series.ours line { stroke-width: 3; }
        .series.ours text { font-weight: 650; }
        .series.ours:not(.c0) line { stroke-dasharray: 7 3; }
        .series.limit { color: var(--soft); }
        .series.limit line { stroke-dasharray: 2 4; }
        .scroll { overflow-x: auto; margin-bottom: 20px; break-inside: avoid; }
        .figures td { text-align: right; white-space: nowrap; }
        .figures thead th { text-align: right; white-space: nowrap; }
        .figures caption { padding: 4px 8px; }
        .figures th:first-child {
          position: sticky; left: 0; text-align: left; background: var(--back);
          white-space: nowrap;
        }
        .figures .ours th { color: var(--ours); font-weight: 650; }
        pre {
          background: var(--card); border: 1px solid var(--line); border-radius: 8px;
          padding: 12px 14px; font-size: 12.5px; white-space: pre-wrap; overflow-wrap: anywhere;
        }
        @media screen and (max-width: 720px) {
          body { padding: 16px 12px 32px; }
          .targets, .targets tbody { display: block; }
          .targets thead { display: none; }
          .targets tr {
            display: grid; grid-template-columns: repeat(4, 1fr); gap: 0 10px;
            padding: 10px 0; border-bottom: 1px solid var(--line);
          }
          .targets th, .targets td { border: 0; padding: 1px 0; }
          .targets tbody th, .targets .words { grid-column: 1 / -1; }
          .targets tbody th { font-weight: 650; }
          .targets .verdict { grid-column: 1 / -1; grid-row: 2; padding: 4px 0; }
          .targets .figure { text-align: left; white-space: normal; }
          .targets .words { order: 1; }
          .targets td[data-heading]::before {
            content: attr(data-heading); display: block; color: var(--soft); font-size: 11.5px;
          }
          .targets .words::before { display: inline !important; }
          .targets .words::before { content: "compared with " !important; }
          .unmeasured td[data-heading] { display: none; }
          .cards { gap: 12px; }
          .card { padding: 10px; }
          .rows { gap: 2px 8px; font-size: 12.5px; }
          .latency { grid-template-columns: 1fr max-content; grid-auto-flow: dense; }
          .latency .track, .latency .ticks { grid-column: 1 / -1; }
          .latency .track { height: 18px; }
          .latency .pad { display: none; }
          .ends { width: 142px; }
          .ends text { font-size: 10px; }
          .up { width: 40px; }
        }
        @media print {
          @page { margin: 12mm; }
          body { max-width: none; padding: 0; font-size: 11px; }
          :root { color-scheme: light; }
          nav { display: none; }
          .cards { grid-template-columns: 1fr 1fr; gap: 8px; }
          .card { padding: 6px 8px; }
          .rows { font-size: 9.5px; gap: 0 6px; }
          figcaption, h4 { font-size: 10px; }
          table { font-size: 9.5px; }
          th, td { padding: 2px 5px; }
          tr { break-inside: avoid; }
          h2, h3 { break-after: avoid; }
          .scroll { overflow: visible; }
          .verdict span { print-color-adjust: exact; }
        }

        """
}
