import { useState, type SubmitEvent } from "react";
import { ProblemError } from "@/shared/lib/problem";
import { Field } from "@/shared/ui/Field";

export interface Buyer {
  name: string;
  email: string;
}

interface BuyerFormProps {
  /** The button that submits it stands elsewhere, always in sight. */
  id: string;
  initial: Buyer;
  /** A refusal of the server that names fields. */
  error: unknown;
  onSubmit: (buyer: Buyer) => void;
}

type Mistakes = Partial<Record<keyof Buyer, string>>;

function mistakesIn({ name, email }: Buyer): Mistakes {
  const mistakes: Mistakes = {};
  if (!name) mistakes.name = "Please enter the name for the tickets.";
  // Only what is certainly wrong is refused here; the ticket mail is the real test of an address.
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) mistakes.email = "Please enter an e-mail address like ben@example.org.";
  return mistakes;
}

function fromServer(error: unknown): Mistakes {
  if (!(error instanceof ProblemError)) return {};
  const of = (field: keyof Buyer): string | undefined => error.errors.find((item) => item.field.endsWith(field))?.message;
  return { name: of("name"), email: of("email") };
}

/** Who the tickets are for. No account is asked for. */
export function BuyerForm({ id, initial, error, onSubmit }: BuyerFormProps) {
  const [mistakes, setMistakes] = useState<Mistakes>({});
  const shown = { ...fromServer(error), ...mistakes };
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const read = (field: keyof Buyer): string => {
      const value = form.get(field);
      return typeof value === "string" ? value.trim() : "";
    };
    const buyer = { name: read("name"), email: read("email") };
    const found = mistakesIn(buyer);
    setMistakes(found);
    const first = found.name ? "name" : found.email ? "email" : null;
    if (first === null) onSubmit(buyer);
    else event.currentTarget.querySelector<HTMLInputElement>(`[name=${first}]`)?.focus();
  };
  return (
    <form id={id} className="space-y-4" onSubmit={submit} noValidate>
      <Field label="Name" name="name" autoComplete="name" defaultValue={initial.name} error={shown.name} required maxLength={120} />
      <Field
        label="E-mail"
        name="email"
        type="email"
        inputMode="email"
        autoComplete="email"
        hint="Your tickets are sent here."
        defaultValue={initial.email}
        error={shown.email}
        required
        maxLength={254}
      />
    </form>
  );
}
