import { useState } from "react";

interface PictureProps {
  src: string | null;
  /** Empty where the title stands beside it anyway. */
  alt?: string;
  title: string;
  className?: string;
  eager?: boolean;
  /** The box's shape in any unit: it's kept free until the picture comes. */
  width?: number;
  height?: number;
}

/** The picture of the evening; without one, or when it does not load, a small printed ornament of its own. */
export function Picture({ src, alt = "", title, className = "", eager = false, width, height }: PictureProps) {
  const [broken, setBroken] = useState(false);
  if (!src || broken) return <Ornament title={title} className={className} />;
  return (
    <img
      src={src}
      alt={alt}
      width={width}
      height={height}
      className={`bg-sunk object-cover ${className}`}
      loading={eager ? "eager" : "lazy"}
      fetchPriority={eager ? "high" : "auto"}
      decoding="async"
      onError={() => setBroken(true)}
    />
  );
}

const INKS = ["#5B2333", "#233D4D", "#3F4B2E", "#5A4326", "#3B2F55"];

/** Rows of seats seen from the gallery, in an ink that belongs to the title. */
function Ornament({ title, className }: { title: string; className: string }) {
  const sum = Array.from(title).reduce((total, letter) => total + letter.charCodeAt(0), 0);
  const rows = Array.from({ length: 9 }, (_, n) => n);
  return (
    <svg viewBox="0 0 320 200" className={className} preserveAspectRatio="xMidYMid slice" role="presentation" style={{ background: INKS[sum % INKS.length] }}>
      <g fill="none" stroke="#FBF8F3" strokeLinecap="round" strokeDasharray="0.1 13">
        {rows.map((n) => (
          <path key={n} d={`M${60 - n * 22} ${92 + n * 15}Q160 ${128 + n * 22 + (sum % 13)} ${260 + n * 22} ${92 + n * 15}`} strokeWidth={4 + n * 0.55} opacity={0.2 + n * 0.07} />
        ))}
      </g>
      <path d="M110 62h100l14 10H96z" fill="#FBF8F3" opacity="0.85" />
    </svg>
  );
}
