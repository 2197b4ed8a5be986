import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { count } from "@/shared/lib/locale";
import { isMissing } from "@/shared/lib/problem";
import { useTitle } from "@/shared/lib/title";
import { buttonClass } from "@/shared/ui/Button";
import { Failure } from "@/shared/ui/Failure";
import { Waiting } from "@/shared/ui/Waiting";
import { EventList } from "./EventList";
import { eventsQuery, organiserQuery } from "./queries";

/** Who puts it on: name, a few words, and everything of theirs that is to come. */
export function OrganiserPage() {
  const { slug } = useParams({ from: "/organisers/$slug" });
  const organiser = useQuery(organiserQuery(slug));
  const events = useInfiniteQuery(eventsQuery({}, slug));
  useTitle(organiser.data?.name);
  if (isMissing(organiser.error)) return <Unknown />;
  if (organiser.isError && !organiser.data) return <Failure error={organiser.error} what="this organiser" onRetry={() => void organiser.refetch()} />;
  if (!organiser.data) {
    return (
      <div className="page">
        <Waiting what="the organiser" lines={6} />
      </div>
    );
  }
  const { name, description, upcoming_count: upcoming } = organiser.data;
  const paragraphs = description.split(/\n{2,}/).filter((paragraph) => paragraph.trim());
  return (
    <div className="page">
      <header className="grid gap-x-16 gap-y-4 border-b border-ink pt-8 pb-8 sm:pt-14 lg:grid-cols-12">
        <div className="lg:col-span-6">
          <p className="font-display text-lg text-muted italic">Presented by</p>
          <h1 className="mt-1 text-4xl font-light sm:text-5xl">{name}</h1>
        </div>
        <div className="prose-width space-y-4 lg:col-span-6 lg:pt-9">
          {paragraphs.map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
          <p className="text-muted">{upcoming === 0 ? "Nothing is on sale at the moment." : `${count(upcoming, "event")} to come.`}</p>
        </div>
      </header>
      <section aria-labelledby="programme" className="pt-8">
        <h2 id="programme" className="mb-4 text-xl">
          Programme
        </h2>
        {events.isPending && <Waiting what="the programme" lines={5} />}
        {events.isError && !events.data && <Failure error={events.error} what="the programme" onRetry={() => void events.refetch()} />}
        <EventList events={events} pages={events.data?.pages} byMonth />
      </section>
    </div>
  );
}

function Unknown() {
  useTitle("Not found");
  return (
    <div className="page py-24">
      <h1 className="text-3xl">We do not know this organiser</h1>
      <p className="mt-4">Perhaps the address was mistyped, or they have left Frontrow.</p>
      <Link to="/" className={buttonClass("next", "mt-8")}>
        See what is on
      </Link>
    </div>
  );
}
