import { TOKENS } from "./tokens.gen";

/** !important inside the shadow root outranks whatever the page says about our host element. */
const HOST = ":host{all:initial!important;position:fixed!important;inset:0 auto auto 0!important;display:block!important;z-index:2147483647!important}";

const TIP = `
*,::before{box-sizing:border-box;margin:0;padding:0}
.bh{font:400 13px/var(--lead) var(--font);color:var(--text);text-align:start;overflow-wrap:anywhere;-webkit-font-smoothing:antialiased}
.tip{position:fixed;top:0;left:0;inline-size:320px;max-inline-size:calc(100vw - 16px);padding:16px;background:var(--raised);border:1px solid var(--line);border-radius:var(--r-surface);box-shadow:var(--shadow-2);animation:in var(--fast)}
@keyframes in{from{opacity:0}}
.away{visibility:hidden}
.arrow{position:absolute;inline-size:12px;block-size:12px;background:var(--raised);border:solid var(--line);border-width:0 0 1px 1px;transform:rotate(45deg);left:-7px}
[data-side=left]>.arrow{left:auto;right:-7px;transform:rotate(225deg)}
[data-side=bottom]>.arrow{top:-7px;transform:rotate(135deg)}
[data-side=top]>.arrow{bottom:-7px;transform:rotate(-45deg)}
h2,h3{font-size:14px;font-weight:600;line-height:1.3}
h2{padding-inline-end:28px}
h3{font-size:13px}
.body{max-block-size:min(50vh,360px);overflow:auto;margin-block:12px}
.body>*+*,li>*+*,li+li{margin-block-start:8px}
ol,ul{list-style:none;counter-reset:s}
li{counter-increment:s;position:relative;padding-inline-start:24px}
li::before{content:"•";position:absolute;inset-inline-start:0;color:var(--muted)}
ol>li::before{content:counter(s) "."}
b{font-weight:600}
a{color:var(--accent);text-underline-offset:3px}
.src a:not(:hover){text-decoration:none}
code,pre{font:12px/1.4 ui-monospace,Menlo,Consolas,monospace;background:var(--sunken);border-radius:4px;padding:1px 4px;overflow:auto}
.src{display:flex;align-items:center;gap:6px;font-size:12px;color:var(--muted)}
svg{inline-size:16px;block-size:16px;flex:none;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.acts{display:flex;flex-wrap:wrap;align-items:center;gap:8px;margin-block-start:16px}
button{font:500 13px/1 var(--font);color:inherit;display:grid;place-items:center;min-block-size:28px;padding-inline:10px;border:1px solid var(--edge);border-radius:var(--r-control);background:var(--surface);cursor:pointer;transition:background-color var(--fast)}
button:hover{background:var(--sunken)}
.go{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
.go:hover{background:var(--accent-hover)}
.go:active{background:var(--accent-press)}
.x,.why{border:0;background:none;color:var(--muted);font-weight:400;min-block-size:24px;padding:0}
.x{position:absolute;inset-block-start:12px;inset-inline-end:12px;inline-size:24px}
.why{margin-inline-start:auto;font-size:12px}
.why:hover{background:none;text-decoration:underline;text-underline-offset:3px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.because{margin-block-start:12px;padding-block-start:12px;border-block-start:1px solid var(--line);font-size:12px;color:var(--muted)}
.because li{padding-inline-start:14px;margin-block-start:4px}
.ring{position:fixed;pointer-events:none;border:2px solid var(--accent);border-radius:10px;animation:pulse 1s 2}
@keyframes pulse{to{box-shadow:0 0 0 12px transparent}from{box-shadow:0 0 var(--accent)}}
.vh{position:absolute;inline-size:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:520px),(pointer:coarse){button{min-block-size:44px;padding-inline:12px}.x{inline-size:44px;inset-block-start:3px;inset-inline-end:3px}}
@media (prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
@media (forced-colors:active){.arrow{display:none}}
`;

let sheet: CSSStyleSheet | undefined;

/** One sheet for all our roots: constructable sheets need no 'unsafe-inline'. */
export function styles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(HOST + TOKENS + TIP);
  }
  return sheet;
}
