/** A process of a job that is not the first: the first one writes the run, this one runs the command and keeps its output. */
import type { CommandEnd, RunningCommand } from "../../process/command.js";
import type { Project } from "../../store/project.js";
import type { RunRequest } from "./run-request.js";

export interface FollowPorts {
  readonly openProject: () => Project;
  readonly startFollower: (request: RunRequest, project: Project, rank: number) => Promise<RunningCommand>;
}

export async function followRank(request: RunRequest, rank: number, ports: FollowPorts): Promise<CommandEnd> {
  const running = await ports.startFollower(request, ports.openProject(), rank);
  return running.ended;
}
