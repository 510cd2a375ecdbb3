// Talk share against the abandon cap: one curve or line for each mode, with the
// band in which 95 % of the simulated days lie.
import { useLayoutEffect, useRef, useState } from "react";
import type { SimPoint, SimSetting, WhatIfResult } from "../../api/schemas";
import { useWords, type Say } from "../../lib/i18n";
import { share } from "./caps";
import { apart, linesOf, percentOf, rangeOf, same, type Label } from "./whatif";

const HEIGHT = 288;
const EDGE = { left: 46, right: 192, top: 14, bottom: 44 };

export function WhatIfChart({ result }: { result: WhatIfResult }) {
  const { t } = useWords();
  const [box, width] = useWidth(900);
  return <div ref={box} className="wi-chart">{draw(result, width, t)}</div>;
}

/** An element's width, so that the chart's letters keep their size. */
function useWidth(usual: number): [React.RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(usual);
  useLayoutEffect(() => {
    if (!box.current) return;
    const watch = new ResizeObserver(([entry]) => entry && setWidth(Math.max(420, Math.floor(entry.contentRect.width))));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  return [box, width];
}

interface Place { x: (bp: number) => number; y: (share: number) => number; right: number; most: number }

function placeOf(r: WhatIfResult, width: number): Place & { low: number; high: number } {
  const most = Math.max(50, r.today.capBp, ...r.points.map((p) => p.capBp));
  const [low, high] = rangeOf(r.points, [r.today.share]);
  const right = width - EDGE.right;
  return {
    most, low, high, right,
    x: (bp) => EDGE.left + ((right - EDGE.left) * bp) / most,
    y: (s) => EDGE.top + ((HEIGHT - EDGE.top - EDGE.bottom) * (high - s)) / (high - low),
  };
}

function draw(r: WhatIfResult, width: number, t: Say) {
  const at = placeOf(r, width);
  const plain = r.points.find((p) => p.mode === "progressive");
  const curve = r.points.filter((p) => p.mode === "predictive");
  const ratios = r.points.filter((p) => linesOf(p) > 0);
  if (!plain) return null;
  const steps = Array.from({ length: Math.round((at.high - at.low) * 20) + 1 }, (_, i) => at.low + i / 20);
  return (
    <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} className="ch" role="img" aria-label={aloud(r, plain, curve, t)} data-testid="whatif-chart">
      {steps.map((s) => <g key={s}><path d={`M${EDGE.left} ${at.y(s)}H${at.right}`} className="gl" /><text x={EDGE.left - 8} y={at.y(s) + 4} className="e">{Math.round(s * 100)} %</text></g>)}
      {capSteps(at.most).map((bp) => <text key={bp} x={at.x(bp)} y={HEIGHT - EDGE.bottom + 18} className="c">{share(bp)}</text>)}
      <text x={EDGE.left} y={HEIGHT - 6}>{t("wi.axis")}</text>
      <path d={`M${EDGE.left} ${at.y(plain.high)}H${at.right}V${at.y(plain.low)}H${EDGE.left}Z`} className="bg" />
      <path d={`M${EDGE.left} ${at.y(plain.share)}H${at.right}`} className="lq" />
      {ratios.map((p) => <path key={p.mode} d={`M${EDGE.left} ${at.y(p.share)}H${at.right}`} className={p.aboveCap > 0 ? "lp wi-over" : "lp"} />)}
      <Curve points={[{ ...plain, capBp: 0 }, ...curve]} at={at} />
      <Marks r={r} at={at} t={t} />
      {apart(labelsOf(plain, curve, ratios, at, t), 16, EDGE.top + 4, HEIGHT - EDGE.bottom).map((l) => <text key={l.text} x={at.right + 10} y={l.y + 4} className={l.name}>{l.text}</text>)}
    </svg>
  );
}

const capSteps = (most: number): number[] => [0, 50, 100, 150, 200, 250, 300].filter((bp) => bp <= most);

const aloud = (r: WhatIfResult, plain: SimPoint, curve: SimPoint[], t: Say): string =>
  t("wi.aloud", { progressive: percentOf(plain.share), most: percentOf(curve.at(-1)?.share ?? plain.share), today: percentOf(r.today.share) });

function Curve({ points, at }: { points: SimPoint[]; at: Place }) {
  if (points.length < 2) return null;
  const line = (of: (p: SimPoint) => number, list: SimPoint[]) => list.map((p) => `${at.x(p.capBp).toFixed(1)} ${at.y(of(p)).toFixed(1)}`).join("L");
  return (
    <>
      <path d={`M${line((p) => p.high, points)}L${line((p) => p.low, [...points].reverse())}Z`} className="bb" />
      <path d={`M${line((p) => p.share, points)}`} className="lb" />
      {points.slice(1).map((p) => <circle key={p.capBp} cx={at.x(p.capBp)} cy={at.y(p.share)} r={3} className="dd" />)}
    </>
  );
}

function labelsOf(plain: SimPoint, curve: SimPoint[], ratios: SimPoint[], at: Place, t: Say): Label[] {
  const last = curve.at(-1);
  return [
    { y: at.y(plain.share), name: "n", text: `${t("wi.progressive")} ${percentOf(plain.share)}` },
    ...(last ? [{ y: at.y(last.share), name: "k", text: t("wi.predictive", { cap: percentOf(last.share) }) }] : []),
    ...ratios.map((p) => ({ y: at.y(p.share), name: p.aboveCap > 0 ? "wi-lost" : "", text: t("wi.ratioLabel", { n: linesOf(p), share: percentOf(p.share), lost: percentOf(p.abandonRate) }) })),
  ];
}

const pointOf = (r: WhatIfResult, s: SimSetting): SimPoint | undefined => r.points.find((p) => same(p, s));

/** Today, what was asked, and what is advised. Progressive's line has its words beside it. */
function Marks({ r, at, t }: { r: WhatIfResult; at: Place; t: Say }) {
  const best = pointOf(r, r.advice.setting);
  const asked = pointOf(r, r.asked);
  const moved = asked !== undefined && (!same(r.asked, r.today) || Math.abs(asked.share - r.today.share) > 0.0005);
  const advised = best !== undefined && !(moved && same(best, r.asked)) && !same(best, r.today);
  return (
    <>
      {advised && best && <Mark p={best} at={at} name="sd" text={t("wi.mark.advice", { cap: best.capBp > 0 ? share(best.capBp) : "" })} above />}
      {moved && asked && <Mark p={asked} at={at} name="wi-ask" text={asked.capBp > 0 ? t("wi.mark.asked", { share: percentOf(asked.share) }) : ""} above />}
      <Mark p={r.today} at={at} name="td" text={t("wi.mark.today", { share: percentOf(r.today.share) })} />
    </>
  );
}

function Mark({ p, at, name, text, above = false }: { p: SimPoint; at: Place; name: string; text: string; above?: boolean }) {
  const [x, y] = [at.x(p.capBp), at.y(p.share)];
  const low = y + 24 > HEIGHT - EDGE.bottom;
  return (
    <>
      {above && p.capBp > 0 && <path d={`M${x} ${y}V${HEIGHT - EDGE.bottom}`} className="sel" />}
      <circle cx={x} cy={y} r={6} className={name} />
      <text x={x + (p.capBp === 0 ? 10 : 0)} y={above || low ? y - 12 : y + 22} className={`${p.capBp === 0 ? "" : "c"} ${name === "td" ? "n" : "k"}`}>{text}</text>
    </>
  );
}
