// The browser's audio leg: one RTCPeerConnection with one sending and receiving
// track, G.711 only, offered to the server over the live connection.
import type { PeerState } from "./state";

const CODECS = ["audio/PCMA", "audio/PCMU", "audio/telephone-event"];
const GATHER_MS = 1500;
const WAVER_MS = 2500;

export interface PeerEvents {
  state(state: PeerState): void;
  remote(stream: MediaStream): void;
}

/** Asks the server to answer an offer. */
export type Exchange = (sdp: string) => Promise<string>;

export class Peer {
  readonly connection: RTCPeerConnection;
  readonly remote = new MediaStream();
  private closed = false;
  private waver: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly mic: MediaStream, private readonly events: PeerEvents) {
    this.connection = new RTCPeerConnection({ iceServers: [] });
    this.connection.ontrack = (event) => this.heard(event.track);
    this.connection.onconnectionstatechange = () => this.changed();
  }

  /** Makes the offer, waits for the addresses, and sets the server's answer. */
  async connect(exchange: Exchange): Promise<void> {
    const track = this.mic.getAudioTracks()[0];
    const transceiver = this.connection.addTransceiver(track ?? "audio", { direction: "sendrecv", streams: [this.mic] });
    transceiver.setCodecPreferences(preferred(RTCRtpReceiver.getCapabilities("audio")?.codecs ?? []));
    await this.connection.setLocalDescription(await this.connection.createOffer());
    await gathered(this.connection);
    const sdp = await exchange(this.connection.localDescription?.sdp ?? "");
    if (!this.closed) await this.connection.setRemoteDescription({ type: "answer", sdp });
  }

  /** Sends another microphone's sound without a new offer. */
  async replace(mic: MediaStream): Promise<void> {
    await this.connection.getSenders()[0]?.replaceTrack(mic.getAudioTracks()[0] ?? null);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.waver);
    this.connection.ontrack = this.connection.onconnectionstatechange = null;
    this.connection.close();
  }

  private heard(track: MediaStreamTrack): void {
    this.remote.addTrack(track);
    this.events.remote(this.remote);
  }

  private changed(): void {
    clearTimeout(this.waver);
    switch (this.connection.connectionState) {
      case "connected": return this.events.state("up");
      case "failed": case "closed": return this.events.state("failed");
      case "disconnected": this.waver = setTimeout(() => this.events.state("failed"), WAVER_MS); return;
      default: return this.events.state("connecting");
    }
  }
}

/** The codecs both sides speak, best first; anything else is not offered. */
export function preferred<C extends { mimeType: string; clockRate: number }>(codecs: readonly C[]): C[] {
  const rank = (codec: C) => CODECS.indexOf(codec.mimeType);
  return codecs.filter((codec) => rank(codec) >= 0 && codec.clockRate === 8000).sort((a, b) => rank(a) - rank(b));
}

function gathered(connection: RTCPeerConnection): Promise<void> {
  if (connection.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, GATHER_MS);
    connection.addEventListener("icegatheringstatechange", () => {
      if (connection.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      resolve();
    });
  });
}
