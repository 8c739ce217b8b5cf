export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 32 32">
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path d="M6.5 12.2 16 6.5l9.5 5.7v2h-19z" fill="#fff" />
      <path d="M8.5 16h3v7h-3zm6 0h3v7h-3zm6 0h3v7h-3zM6.5 24.3h19v2h-19z" fill="#fff" opacity=".92" />
    </svg>
  );
}
