/** Reading QR codes from the camera. The browser's own detector where there is one, otherwise a lazily loaded wasm. */

export interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

type DetectorClass = new (options: { formats: string[] }) => Detector;

async function nativeDetector(): Promise<Detector | null> {
  const native = (globalThis as { BarcodeDetector?: DetectorClass & { getSupportedFormats?: () => Promise<string[]> } }).BarcodeDetector;
  if (!native?.getSupportedFormats) return null;
  const formats = await native.getSupportedFormats().catch((): string[] => []);
  return formats.includes("qr_code") ? new native({ formats: ["qr_code"] }) : null;
}

/** The ponyfill would fetch its wasm from a public host; ours comes with the page. */
async function wasmDetector(): Promise<Detector> {
  const [{ BarcodeDetector, prepareZXingModule }, { default: wasmUrl }] = await Promise.all([
    import("barcode-detector/ponyfill"),
    import("zxing-wasm/reader/zxing_reader.wasm?url"),
  ]);
  // Awaited, so that a browser that cannot run it says so now, and not silently at every frame.
  await prepareZXingModule({
    fireImmediately: true,
    overrides: { locateFile: (path: string, prefix: string) => (path.endsWith(".wasm") ? wasmUrl : prefix + path) },
  });
  return new BarcodeDetector({ formats: ["qr_code"] });
}

const LOOK_EVERY_MS = 120;

/**
 * Shows the camera in `video` and reports every code it sees, until the returned function is called. Throws when the
 * camera is refused or missing.
 */
export async function watchCamera(video: HTMLVideoElement, onCode: (code: string) => void): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  try {
    const detector = (await nativeDetector()) ?? (await wasmDetector());
    video.srcObject = stream;
    await video.play();
    const look = async (): Promise<void> => {
      if (stopped) return;
      try {
        const [found] = await detector.detect(video);
        if (found && found.rawValue !== "") onCode(found.rawValue);
      } catch {
        // A frame that cannot be read is followed by another one.
      }
      window.setTimeout(() => void look(), LOOK_EVERY_MS);
    };
    void look();
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}
