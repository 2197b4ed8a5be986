import { useEffect, useRef, type ReactNode } from "react";

interface SheetProps {
  title: string;
  open: boolean;
  onClose: () => void;
  /** Stands at the foot, within the thumb's reach. */
  action: ReactNode;
  children: ReactNode;
}

/** A sheet from below over the page. The browser's own dialog keeps focus inside, closes on Escape and gives focus back. */
export function Sheet({ title, open, onClose, action, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} className="sheet" aria-label={title} onClose={onClose}>
      {open && (
        <div className="flex max-h-[88dvh] flex-col">
          <div className="flex items-center justify-between border-b border-hairline py-1 pr-2 pl-5">
            <h2 className="text-xl">{title}</h2>
            <button type="button" className="grid h-12 w-12 place-items-center" aria-label="Close" onClick={onClose}>
              <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round">
                <path d="m5 5 10 10M15 5 5 15" />
              </svg>
            </button>
          </div>
          <div className="min-h-0 overflow-y-auto overscroll-contain px-5 py-5">{children}</div>
          <div className="border-t border-hairline px-5 pt-3 pb-[calc(0.75rem+env(safe-area-inset-bottom))]">{action}</div>
        </div>
      )}
    </dialog>
  );
}
