package io.sparktron.faults;

import java.io.IOException;

/** What a person does with {@code kill} and {@code ps}. */
final class Signals {
    private Signals() {}

    /** Sends STOP, CONT, TERM or another signal by its name. */
    static void send(String signal, ProcessHandle process) throws IOException, InterruptedException {
        String[] command = {"kill", "-" + signal, Long.toString(process.pid())};
        if (new ProcessBuilder(command).start().waitFor() != 0) {
            throw new IOException("cannot send " + signal + " to process " + process.pid());
        }
    }

    static boolean isExecutor(ProcessHandle process) {
        return process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend");
    }
}
