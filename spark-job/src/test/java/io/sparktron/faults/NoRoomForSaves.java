package io.sparktron.faults;

import java.io.IOException;
import java.util.random.RandomGenerator;

/** A rank's process can write no file of more than 64 KiB for a while, as on a disk that is nearly full: that save fails, the next ones do not. */
public record NoRoomForSaves() implements Fault {
    @Override
    public Ending strike(TrainingRun run, RandomGenerator random) throws Exception {
        ProcessHandle executor = run.anyExecutor(random);
        limit(executor, "65536");
        run.await("could not be saved, training goes on");
        limit(executor, "unlimited");
        return Ending.UNDISTURBED;
    }

    private static void limit(ProcessHandle process, String bytes) throws IOException, InterruptedException {
        String[] command = {"prlimit", "--pid", Long.toString(process.pid()), "--fsize=" + bytes + ":unlimited"};
        if (new ProcessBuilder(command).start().waitFor() != 0) {
            throw new IOException("cannot limit the files of process " + process.pid());
        }
    }
}
