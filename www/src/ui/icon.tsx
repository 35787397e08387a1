// Icons: always beside the word that they stand for, so they are hidden from screen readers.

const SHAPES = {
  check: "M5 12.5l4.5 4.500L19 7.500",
  warning: "M12 4L21.500 20H2.500zM12 10v4.500M12 17v.5",
  cross: "M6.500 6.500l11 11M17.500 6.500l-11 11",
  question: "M9 9.200a3.100 3.100 0 1 1 4.700 2.600c-1.100.7-1.700 1.300-1.700 2.700M12 18v.5",
  dash: "M6 12h12",
  clock: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17M12 7.500V12l3 2.500",
} as const;

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}
