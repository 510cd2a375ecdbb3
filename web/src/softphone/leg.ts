// Keeps this page's audio leg as the desk wants it: opened when signed on in
// the browser, opened anew when it or the server's end of it is gone, closed
// when signed off. It decides nothing about calls.
import type { Commands } from "../api/schemas";
import type { Reply } from "./queue";
import { LevelMeter, MicError, microphones, openMicrophone } from "./microphone";
import { Peer } from "./peer";
import { Sound } from "./sound";
import { needsOffer, wantsLeg, type Action, type MicState, type Softphone } from "./state";

const AGAIN_MS = 2000;
const CONNECT_MS = 7000;
/** How long "our end is up, the server says down" may last before it is believed. */
const DOUBT_MS = 700;

type OfferCommand = "desk.audio.offer" | "desk.audio.test";
type AudioCommand = OfferCommand | "desk.audio.testEnd";

export interface LegOwner {
  state(): Softphone;
  dispatch(action: Action): void;
  command<N extends AudioCommand>(name: N, args: Commands[N]["args"]): Promise<Reply>;
}

export class Leg {
  readonly sound: Sound;
  peer: Peer | null = null;
  private mic: MediaStream | null = null;
  private micMeter: LevelMeter | null = null;
  private farMeter: LevelMeter | null = null;
  private offering = false;
  private notBefore = 0;
  private doubtSince = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private connectTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly owner: LegOwner) {
    this.sound = new Sound((blocked) => {
      if (owner.state().soundBlocked !== blocked) owner.dispatch({ type: "sound", blocked });
    });
  }

  /** Levels 0 to 1: what the microphone sends, what the far end sends. */
  readonly levels = { mic: () => this.micMeter?.read() ?? 0, far: () => this.farMeter?.read() ?? 0 };

  /** Compares what is wanted with what is there; called after every change. */
  settle(): void {
    const state = this.owner.state();
    this.applyMute(state);
    if (!wantsLeg(state)) return this.release(state);
    if (this.offering || !needsOffer(state)) return void (this.doubtSince = 0);
    if (this.stillInDoubt(state)) return this.later(DOUBT_MS);
    const wait = this.notBefore - Date.now();
    if (wait > 0) return this.later(wait);
    void this.offer("desk.audio.offer");
  }

  /** Opens the microphone and returns what came of it; used before signing on, so that a refusal is said first. */
  async openMic(): Promise<MicState> {
    if (this.mic?.active === true) return "on";
    this.owner.dispatch({ type: "mic", mic: "asking" });
    try {
      this.hold(await openMicrophone());
      return "on";
    } catch (error) {
      const why = error instanceof MicError ? error.why : "busy";
      this.owner.dispatch({ type: "mic", mic: why });
      return why;
    }
  }

  /** Takes another microphone; an open leg keeps running. */
  async changeMic(): Promise<MicState> {
    this.dropMic();
    const state = await this.openMic();
    if (this.mic !== null) await this.peer?.replace(this.mic);
    return state;
  }

  /** "Hear yourself": the same leg, echoed by the server. */
  async startEcho(): Promise<void> {
    if ((await this.openMic()) !== "on") return;
    this.owner.dispatch({ type: "testing", on: true });
    await this.offer("desk.audio.test");
  }

  async stopEcho(): Promise<void> {
    if (!this.owner.state().testing) return;
    this.owner.dispatch({ type: "testing", on: false });
    this.dropPeer();
    await this.owner.command("desk.audio.testEnd", {});
  }

  close(): void {
    clearTimeout(this.timer);
    this.dropPeer();
    this.dropMic();
    this.sound.close();
  }

  private async offer(name: "desk.audio.offer" | "desk.audio.test"): Promise<void> {
    this.offering = true;
    this.doubtSince = 0;
    this.notBefore = Date.now() + AGAIN_MS;
    try {
      if ((await this.openMic()) === "on" && this.mic !== null) await this.connect(this.mic, name);
    } catch {
      this.dropPeer();
      this.owner.dispatch({ type: "peer", peer: "failed" });
    } finally {
      this.offering = false;
      this.settle();
    }
  }

  private async connect(mic: MediaStream, name: OfferCommand): Promise<void> {
    this.dropPeer();
    const peer: Peer = new Peer(mic, {
      state: (state) => this.peer === peer && this.peerState(state),
      remote: (stream) => this.peer === peer && this.hear(stream),
    });
    this.peer = peer;
    this.owner.dispatch({ type: "peer", peer: "connecting" });
    this.connectTimer = setTimeout(() => this.owner.state().peer === "connecting" && this.peerState("failed"), CONNECT_MS);
    await peer.connect(async (sdp: string) => {
      const reply = await this.owner.command(name, { sdp });
      if (!reply.ok) throw new Error(reply.error.code);
      return (reply.result as Commands[OfferCommand]["result"]).sdp;
    });
  }

  private peerState(state: Softphone["peer"]): void {
    if (state !== "connecting") clearTimeout(this.connectTimer);
    this.owner.dispatch({ type: "peer", peer: state });
  }

  private hear(stream: MediaStream): void {
    this.sound.play(stream);
    this.farMeter?.close();
    this.farMeter = this.sound.context === null ? null : new LevelMeter(this.sound.context, stream);
  }

  private hold(stream: MediaStream): void {
    this.mic = stream;
    const track = stream.getAudioTracks()[0];
    track?.addEventListener("ended", () => this.mic === stream && this.lostMic());
    this.micMeter = this.sound.context === null ? null : new LevelMeter(this.sound.context, stream);
    this.owner.dispatch({ type: "mic", mic: "on", label: track?.label ?? "" });
    void this.sound.context?.resume().catch(() => undefined);
  }

  /** The headset was pulled out: try whatever microphone is left, else say so. */
  private lostMic(): void {
    this.dropMic();
    this.owner.dispatch({ type: "mic", mic: "missing" });
    void microphones().then((left) => (left.length > 0 ? this.changeMic() : undefined));
  }

  private applyMute(state: Softphone): void {
    const off = state.desk?.muted === true && !state.testing;
    this.mic?.getAudioTracks().forEach((track) => (track.enabled = !off));
  }

  private stillInDoubt(state: Softphone): boolean {
    if (state.peer !== "up") return false;
    this.doubtSince ||= Date.now();
    return Date.now() - this.doubtSince < DOUBT_MS;
  }

  private release(state: Softphone): void {
    if (state.testing || state.signing || this.offering) return;
    if (this.peer !== null) this.dropPeer();
    if (this.mic !== null && state.desk !== null && state.desk.state !== "offline") this.dropMic();
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), ms + 10);
  }

  private dropPeer(): void {
    clearTimeout(this.connectTimer);
    this.peer?.close();
    this.peer = null;
    this.farMeter?.close();
    this.farMeter = null;
    this.sound.silence();
    if (this.owner.state().peer !== "none") this.owner.dispatch({ type: "peer", peer: "none" });
  }

  private dropMic(): void {
    this.micMeter?.close();
    this.micMeter = null;
    this.mic?.getTracks().forEach((track) => track.stop());
    this.mic = null;
  }
}
