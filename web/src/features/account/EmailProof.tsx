import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { askForEmailProof, proveEmail } from "@/client/frontrow";
import type { Me } from "@/client/frontrow.schemas";
import { beginAction } from "@/shared/lib/correlation";
import { codeOf } from "@/shared/lib/problem";
import { ME } from "@/shared/lib/session";
import { Button } from "@/shared/ui/Button";
import { Notice } from "@/shared/ui/Notice";

type Person = NonNullable<Me["user"]>;

/** Somebody followed the link in the mail without being logged in here: a click alone proves nothing. */
export function LogInToConfirm() {
  const { confirm } = useSearch({ from: "/account" });
  if (!confirm) return null;
  return (
    <div className="mb-8">
      <Notice title="Log in to confirm your address">Use the account that the mail was sent for. Didn’t make one? Then there is nothing to do, and nobody sees what you bought.</Notice>
    </div>
  );
}

/** What stands on the account's page until its address is proved, and just when it is. */
export function EmailProof({ user }: { user: Person }) {
  const { confirm } = useSearch({ from: "/account" });
  const queries = useQueryClient();
  const navigate = useNavigate();
  const prove = useMutation({
    mutationFn: (token: string) => {
      beginAction();
      return proveEmail({ token });
    },
    onSuccess: async () => {
      await navigate({ to: "/account", search: {}, replace: true });
      await Promise.all([queries.invalidateQueries({ queryKey: ME }), queries.invalidateQueries({ queryKey: ["my-orders"] })]);
    },
  });
  if (prove.isSuccess) {
    return (
      <Notice title="Your address is confirmed">
        What you bought with {user.email} is in{" "}
        <Link to="/wallet" className="text-link">
          My tickets
        </Link>{" "}
        now, with or without an account.
      </Notice>
    );
  }
  if (user.email_verified) return null;
  if (!confirm) return <Unproved email={user.email} />;
  return (
    <>
      <Notice title={`Is ${user.email} yours?`}>Confirm it, and what you bought with it without an account appears in My tickets, too.</Notice>
      {prove.isError ? (
        <Refused error={prove.error} email={user.email} />
      ) : (
        <Button tone="next" className="mt-4" busy={prove.isPending} onClick={() => prove.mutate(confirm)}>
          Confirm my address
        </Button>
      )}
    </>
  );
}

function Refused({ error, email }: { error: unknown; email: string }) {
  const code = codeOf(error);
  const said =
    code === "link_expired"
      ? { title: "This link is older than a day", body: "Nothing was changed. Have a new one sent." }
      : code === "link_used"
        ? { title: "This link was used already", body: "It is good once. If your address still counts as unconfirmed, have a new one sent." }
        : code === "link_not_yours"
          ? { title: "This link is for another account", body: `Nothing was changed. You are logged in as ${email}; log in with the account that the mail was sent for, or have a new link sent.` }
          : { title: "That did not get through", body: "Nothing was changed. Try the link again in a moment, or have a new one sent." };
  return (
    <div className="mt-4 space-y-4">
      <Notice tone="bad" title={said.title}>
        {said.body}
      </Notice>
      <SendAgain label="Send a new link" />
    </div>
  );
}

function Unproved({ email }: { email: string }) {
  return (
    <>
      <Notice title="Confirm your address">
        Follow the link that we mailed to {email}, or have a new one sent; it is good for a day. Until then, what you bought with this address without an account isn’t among your tickets.
      </Notice>
      <div className="mt-4">
        <SendAgain label="Send a new link" />
      </div>
    </>
  );
}

function SendAgain({ label }: { label: string }) {
  const ask = useMutation({
    mutationFn: () => {
      beginAction();
      return askForEmailProof();
    },
  });
  if (ask.isSuccess) return <Notice title="The link is on its way">Look in the spam folder, too, if it isn’t there in a minute.</Notice>;
  return (
    <>
      <Button busy={ask.isPending} onClick={() => ask.mutate()}>
        {label}
      </Button>
      {ask.isError && (
        <div className="mt-4">
          {codeOf(ask.error) === "too_many_tries" ? (
            <Notice tone="bad" title="The link was sent a few times already">Look in the spam folder, or wait five minutes and ask again.</Notice>
          ) : (
            <Notice tone="bad" title="That did not get through">Nothing was changed. Try again in a moment.</Notice>
          )}
        </div>
      )}
    </>
  );
}
