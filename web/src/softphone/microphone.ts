// The microphone: asking for it, saying in words why it could not be had, and
// measuring levels without disturbing React.
import type { MicState } from "./state";

const DEVICE_KEY = "rb_mic";

/** Echo cancelling, noise suppression and gain are on, except with rb_audio=raw (tests measure tones that they would eat). */
export function constraints(deviceId: string, raw: boolean): MediaStreamConstraints {
  const processing = { echoCancellation: !raw, noiseSuppression: !raw, autoGainControl: !raw };
  return { audio: deviceId ? { ...processing, deviceId: { exact: deviceId } } : processing, video: false };
}

export function rawAudio(search: string, stored: string | null): boolean {
  return new URLSearchParams(search).get("rb_audio") === "raw" || stored === "raw";
}

export const chosenDevice = (): string => localStorage.getItem(DEVICE_KEY) ?? "";
export const chooseDevice = (id: string): void => localStorage.setItem(DEVICE_KEY, id);

export class MicError extends Error {
  constructor(readonly why: MicState) {
    super(`microphone: ${why}`);
  }
}

/** Opens the chosen microphone, or the default when the chosen one is gone. Throws MicError. */
export async function openMicrophone(): Promise<MediaStream> {
  if (!window.isSecureContext || navigator.mediaDevices === undefined) throw new MicError("insecure");
  const raw = rawAudio(window.location.search, localStorage.getItem("rb_audio"));
  try {
    return await navigator.mediaDevices.getUserMedia(constraints(chosenDevice(), raw));
  } catch (error) {
    if (chosenDevice() === "" || nameOf(error) !== "OverconstrainedError") throw new MicError(whyNot(nameOf(error)));
    chooseDevice("");
    return openMicrophone();
  }
}

const nameOf = (error: unknown): string => (error instanceof Error || error instanceof DOMException ? error.name : "");

export function whyNot(name: string): MicState {
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "busy";
}

export async function microphones(): Promise<{ id: string; label: string }[]> {
  if (navigator.mediaDevices === undefined) return [];
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((d) => d.kind === "audioinput" && d.deviceId !== "").map((d) => ({ id: d.deviceId, label: d.label }));
}

/** Measures a stream's level, 0 to 1, whenever asked. */
export class LevelMeter {
  private readonly analyser: AnalyserNode;
  private readonly source: MediaStreamAudioSourceNode;
  private readonly samples: Float32Array<ArrayBuffer>;

  constructor(context: AudioContext, stream: MediaStream) {
    this.source = context.createMediaStreamSource(stream);
    this.analyser = context.createAnalyser();
    this.analyser.fftSize = 512;
    this.samples = new Float32Array(this.analyser.fftSize);
    this.source.connect(this.analyser);
  }

  read(): number {
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    return levelOf(Math.sqrt(sum / this.samples.length));
  }

  close(): void {
    this.source.disconnect();
  }
}

/** Maps a root mean square to a bar: -60 dB and below is empty, 0 dB full. */
export function levelOf(rms: number): number {
  if (rms <= 0.001) return 0;
  return Math.min(1, Math.max(0, 1 + Math.log10(rms) / 3));
}
