/** The entry of the program: the process, its streams and its end. */
import { reportFault, runCommandLine } from "./command-line.ts";
import { EXIT } from "./exit-code.ts";
import { processIo } from "./io.ts";

const args = process.argv.slice(2);
const io = processIo();

// A reader that went away (`portcullis map | head`) is no fault: what is left is not printed, the exit code stays.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}
process.on("uncaughtException", (error) => {
  reportFault(error, args, io);
  process.exit(EXIT.internal);
});

process.exitCode = await runCommandLine(args, io);
