/** Figures as people read them. */
import type { Unit } from "./benchmark.ts";

/** `1.23 s`, `45.6 MB`, `27,319`, `×3.1`. */
export function figureText(value: number, unit: Unit): string {
  switch (unit) {
    case "time":
      return scaled(value, [
        [1, "s"],
        [1e-3, "ms"],
        [1e-6, "µs"],
        [1e-9, "ns"],
      ]);
    case "memory":
      return scaled(value, [
        [1e9, "GB"],
        [1e6, "MB"],
        [1e3, "kB"],
        [1, "B"],
      ]);
    case "count":
      return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
    case "ratio":
      return timesText(value);
  }
}

/** `×3.1` */
export function timesText(value: number): string {
  return `×${threeDigits(value)}`;
}

type Scale = readonly [number, string];

/** In the largest unit of which there is at least one, else in the smallest. */
function scaled(value: number, scales: readonly [Scale, ...Scale[]]): string {
  const [factor, name] = scales.find(([factor]) => value >= factor) ?? scales.at(-1) ?? scales[0];
  return `${threeDigits(value / factor)} ${name}`;
}

function threeDigits(value: number): string {
  if (value >= 100 || !Number.isFinite(value)) return String(Math.round(value));
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
