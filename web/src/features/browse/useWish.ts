import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type { ProgrammeSearch } from "./filters";

/** The reader's wish as the address has it, and the way to change it. Every change is a step that "back" takes back. */
export function useWish(): { wish: ProgrammeSearch; change: (part: Partial<ProgrammeSearch>, replace?: boolean) => void } {
  const wish = useSearch({ from: "/" });
  const navigate = useNavigate({ from: "/" });
  const change = useCallback(
    (part: Partial<ProgrammeSearch>, replace = false) => void navigate({ search: (before) => ({ ...before, ...part }), replace, resetScroll: false }),
    [navigate],
  );
  return { wish, change };
}
