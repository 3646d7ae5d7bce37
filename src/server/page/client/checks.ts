/** Whether the bytes that are shown have the digest that was recorded, computed by this browser. */
import { all, say, showState } from "./elements.js";
import { bytesOf, digestOf, forget } from "./files.js";

export function watchChecks(): void {
  for (const place of all("[data-at-once]")) void check(place);
  document.getElementById("check-all")?.addEventListener("click", async () => {
    const places = all("[data-check]");
    for (const { dataset } of places) forget(dataset.check ?? "");
    await Promise.all(places.map(check));
    const states = all(".wide [data-check]").map(({ dataset }) => dataset.state);
    const good = states.filter((state) => state === "verified").length;
    say(`${good} of ${states.length} files verified in this browser`);
  });
}

async function check(place: HTMLElement): Promise<void> {
  const { check: name = "", digest: recorded = "", drawn } = place.dataset;
  let bytes: ArrayBuffer;
  try {
    bytes = await bytesOf(name);
  } catch (fault) {
    showState(place, "open", "could not fetch", `: ${(fault as Error).message}`);
    return;
  }
  showImage(name, bytes);
  const found = await digestOf(bytes);
  if (found === undefined) showState(place, "open", "not checked", ": this browser computes no digests here");
  else if (recorded === "")
    showState(place, "open", "not checked", `: no digest is recorded; it is ${short(found)}`);
  else if (found !== recorded)
    showState(
      place,
      "bad",
      "mismatch",
      `: recorded at build ${short(recorded)}, in this browser ${short(found)}`,
    );
  else if (drawn !== undefined && drawn !== found)
    showState(place, "bad", "mismatch", ": the data changed after this page was made; load it again");
  else
    showState(
      place,
      "good",
      "verified",
      ` in this browser: the bytes have the recorded digest ${short(found)}`,
    );
}

function short(digest: string): string {
  return `${digest.slice(7, 11)}…${digest.slice(-4)}`;
}

/** What is shown are the bytes that were looked at, as an image: nothing in them runs. */
function showImage(name: string, bytes: ArrayBuffer): void {
  const image = document.querySelector<HTMLImageElement>(`img[data-image="${CSS.escape(name)}"]`);
  if (image === null) return;
  const before = image.src;
  image.src = URL.createObjectURL(new Blob([bytes], { type: image.dataset.type ?? "" }));
  image.hidden = false;
  if (before.startsWith("blob:")) URL.revokeObjectURL(before);
}
