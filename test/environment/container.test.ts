import { describe, expect, test } from "@jest/globals";
import { captureContainer, parseImage } from "../../src/environment/machine/container.js";
import { makeFolder, writeText } from "./scratch.js";

const digest = `sha256:${"0f".repeat(32)}`;

describe("captureContainer", () => {
  test("says nothing outside a container", () => {
    expect(captureContainer({}, false, makeFolder())).toEqual({ kind: null, image: null, pinned: null });
  });

  test("believes COLOPHON_CONTAINER_IMAGE, and tells a digest from a tag", () => {
    const root = makeFolder();
    writeText(root, ".dockerenv", "");
    const pinned = captureContainer(
      { COLOPHON_CONTAINER_IMAGE: `registry.example/train@${digest}` },
      false,
      root,
    );
    expect(pinned).toEqual({ kind: "docker", image: `registry.example/train@${digest}`, pinned: true });
    expect(captureContainer({ COLOPHON_CONTAINER_IMAGE: "train:1.2" }, false, root).pinned).toBe(false);
    expect(captureContainer({}, false, root)).toEqual({ kind: "docker", image: null, pinned: null });
  });

  test("reads what Podman leaves inside", () => {
    const root = makeFolder();
    writeText(root, "run/.containerenv", 'engine="podman-4.3.1"\nimage="docker.io/library/debian:12"\n');
    const image = "docker.io/library/debian:12";
    expect(captureContainer({}, false, root)).toEqual({ kind: "podman", image, pinned: false });
    expect(parseImage("")).toBeUndefined();
  });

  test("names Apptainer's image file, Kubernetes and what systemd knows", () => {
    const root = makeFolder();
    const apptainer = captureContainer({ APPTAINER_CONTAINER: "/images/train.sif" }, false, root);
    expect(apptainer).toEqual({ kind: "apptainer", image: "/images/train.sif", pinned: false });
    expect(captureContainer({ SINGULARITY_CONTAINER: "/a.sif" }, false, root).kind).toBe("singularity");
    expect(captureContainer({}, true, root).kind).toBe("kubernetes");
    writeText(root, "run/systemd/container", "lxc\n");
    expect(captureContainer({}, false, root).kind).toBe("lxc");
  });
});
