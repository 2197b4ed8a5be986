/**
 * Other tabs that have the same hold: a duplicated tab brings the memory of the first one along. The seats are only
 * left when the last of them closes, and what happens to the order in one tab is looked up by the others.
 */
import { uuid } from "@/shared/lib/correlation";

type Word = "hello" | "here" | "bye" | "look";

/** Which order the hold became, with what opens it. */
export interface OrderPass {
  orderId: string;
  orderToken: string;
}

interface Message {
  from: string;
  word: Word;
  order?: OrderPass | undefined;
}

export interface Channel {
  postMessage(message: unknown): void;
  close(): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

export class Siblings {
  private readonly me = uuid();
  private readonly others = new Set<string>();
  private readonly channel: Channel | null;

  /** `onLook` is called when another tab says that the order changed. */
  constructor(
    holdId: string,
    private readonly onLook: (order: OrderPass) => void,
    open: (name: string) => Channel | null = browserChannel,
  ) {
    this.channel = open(`frontrow.hold.${holdId}`);
    if (this.channel) this.channel.onmessage = (event) => this.hear(event.data as Message);
    this.say("hello");
  }

  get any(): boolean {
    return this.others.size > 0;
  }

  say(word: Word, order?: OrderPass): void {
    this.channel?.postMessage({ from: this.me, word, order } satisfies Message);
  }

  close(): void {
    this.say("bye");
    this.channel?.close();
  }

  private hear({ from, word, order }: Message): void {
    if (word === "bye") this.others.delete(from);
    else this.others.add(from);
    if (word === "hello") this.say("here");
    if (word === "look" && order) this.onLook(order);
  }
}

function browserChannel(name: string): Channel | null {
  return typeof BroadcastChannel === "function" ? new BroadcastChannel(name) : null;
}
