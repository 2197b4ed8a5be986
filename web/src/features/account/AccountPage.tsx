import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { SubmitEvent } from "react";
import { logIn, logOut, signUp } from "@/client/frontrow";
import type { Me } from "@/client/frontrow.schemas";
import { beginAction } from "@/shared/lib/correlation";
import { forgetAll } from "@/shared/lib/kept";
import { codeOf, ProblemError } from "@/shared/lib/problem";
import { ME, useMe } from "@/shared/lib/session";
import { useTitle } from "@/shared/lib/title";
import { Button, buttonClass } from "@/shared/ui/Button";
import { Failure } from "@/shared/ui/Failure";
import { Field } from "@/shared/ui/Field";
import { Notice } from "@/shared/ui/Notice";
import { Tabs } from "@/shared/ui/Tabs";
import { Waiting } from "@/shared/ui/Waiting";
import { EmailProof, LogInToConfirm } from "./EmailProof";

/** Logging in and signing up; for who is logged in, who they are. Buying never leads through here. */
export function AccountPage() {
  useTitle("Account");
  const me = useMe();
  if (me.isError && !me.data) return <Failure error={me.error} what="your account" onRetry={() => void me.refetch()} />;
  if (!me.data) {
    return (
      <div className="page">
        <Waiting what="your account" />
      </div>
    );
  }
  return <div className="page max-w-[34rem] pt-10 sm:pt-16">{me.data.user ? <Profile user={me.data.user} /> : <Entrance />}</div>;
}

function Entrance() {
  return (
    <>
      <h1 className="sr-only">Log in or sign up</h1>
      <LogInToConfirm />
      <Tabs
        label="Log in or sign up"
        tabs={[
          { value: "log-in", label: "Log in", panel: <CredentialsForm kind="log-in" /> },
          { value: "sign-up", label: "Sign up", panel: <SignUp /> },
        ]}
        listClass="border-b border-ink pb-2"
        tabClass="min-h-11 pr-8 font-display text-2xl text-muted aria-selected:text-ink"
        panelClass="pt-6"
      />
    </>
  );
}

function SignUp() {
  return (
    <>
      <p className="mb-5 text-muted">An account keeps your tickets together. You never need one to buy.</p>
      <CredentialsForm kind="sign-up" />
    </>
  );
}

interface Credentials {
  name: string;
  email: string;
  password: string;
}

function read(form: FormData, field: string): string {
  const value = form.get(field);
  return typeof value === "string" ? value : "";
}

function useEntrance(kind: "log-in" | "sign-up") {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/account" });
  return useMutation({
    mutationFn: async ({ name, email, password }: Credentials) => {
      beginAction();
      if (kind === "sign-up") await signUp({ name, email, password, locale: navigator.language.slice(0, 35) || "en" });
      return logIn({ email, password });
    },
    onSuccess: async () => {
      await queries.invalidateQueries();
      // Only a path of our own is followed: an address from outside could be a trap.
      if (next?.startsWith("/") && !next.startsWith("//")) await navigate({ to: next });
    },
  });
}

function CredentialsForm({ kind }: { kind: "log-in" | "sign-up" }) {
  const entrance = useEntrance(kind);
  const fieldError = (field: string): string | undefined =>
    entrance.error instanceof ProblemError ? entrance.error.errors.find((item) => item.field.endsWith(field))?.message : undefined;
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    entrance.mutate({ name: read(form, "name").trim(), email: read(form, "email").trim(), password: read(form, "password") });
  };
  const newcomer = kind === "sign-up";
  return (
    <form onSubmit={submit} className="space-y-4">
      {newcomer && <Field label="Name" name="name" autoComplete="name" required maxLength={120} error={fieldError("name")} />}
      <Field label="E-mail" name="email" type="email" autoComplete="email" required error={fieldError("email")} />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete={newcomer ? "new-password" : "current-password"}
        {...(newcomer ? { hint: "At least ten characters; a short sentence is easy to remember.", minLength: 10 } : {})}
        required
        error={fieldError("password")}
      />
      {entrance.isError && <Refusal error={entrance.error} newcomer={newcomer} />}
      <Button tone="next" type="submit" busy={entrance.isPending} className="w-full">
        {newcomer ? "Sign up" : "Log in"}
      </Button>
    </form>
  );
}

function Refusal({ error, newcomer }: { error: unknown; newcomer: boolean }) {
  const code = codeOf(error);
  if (code === "bad_credentials" && newcomer) {
    return <Notice title="Look into your mail">If this address is new here you are signed up; if it has an account already, log in with its password.</Notice>;
  }
  if (code === "bad_credentials") {
    return (
      <Notice tone="bad" title="That did not match">
        The e-mail address or the password is not right. Check both and try again.
      </Notice>
    );
  }
  if (code === "invalid_request") return <Notice tone="bad" title="Please look at the fields above" />;
  if (code === "network") return <Notice tone="bad" title="The connection was lost">Check your connection and try again.</Notice>;
  if (code === "rate_limited") return <Notice tone="bad" title="Too many tries">For safety this address has to wait a minute before the next one.</Notice>;
  return <Notice tone="bad" title="Something went wrong on our side">Nothing was changed. Try again in a moment.</Notice>;
}

function Profile({ user }: { user: NonNullable<Me["user"]> }) {
  const { confirm } = useSearch({ from: "/account" });
  const queries = useQueryClient();
  const leave = useMutation({
    mutationFn: async () => {
      beginAction();
      await logOut();
      await forgetAll();
    },
    onSuccess: () => {
      // What belonged to this person must not be shown to the next one at this screen.
      queries.clear();
      void queries.invalidateQueries({ queryKey: ME });
      window.location.assign("/");
    },
  });
  return (
    <>
      <h1 className="text-3xl sm:text-4xl">{user.name}</h1>
      <p className="mt-2 text-muted">{user.email}</p>
      <div className="mt-6 empty:hidden">
        <EmailProof user={user} />
      </div>
      <div className="mt-8 flex flex-wrap gap-3">
        <Link to="/wallet" className={buttonClass(confirm && !user.email_verified ? "ink" : "next")}>
          My tickets
        </Link>
        {user.organisers.length > 0 && (
          <Link to="/door" className={buttonClass("ink")}>
            Scan at the door
          </Link>
        )}
        <Button busy={leave.isPending} onClick={() => leave.mutate()}>
          Log out
        </Button>
      </div>
      {user.organisers.length > 0 && (
        <p className="mt-8 text-sm text-muted">
          You work with {user.organisers.map((organiser) => `${organiser.name} (${organiser.role})`).join(", ")}.
        </p>
      )}
      {leave.isError && <Notice tone="bad" title="You are still logged in">The connection was lost. Try again.</Notice>}
    </>
  );
}
