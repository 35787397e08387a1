// Icons: always beside the word that they stand for, so they are hidden from screen readers.

export const SHAPES = {
  check: "M5 12.5l4.5 4.5L19 7.5",
  warning: "M12 4L21.5 20H2.5zM12 10v4.5M12 17v.5",
  cross: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  question: "M9 9.2a3.1 3.1 0 1 1 4.7 2.6c-1.1.7-1.7 1.3-1.7 2.7M12 18v.5",
  dash: "M6 12h12",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M12 7.5V12l3 2.5",
} as const;

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}
