package io.sparktron.kernels.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A program that other processes run: says what it sees of GPUs, or why it sees none, and opens the first. */
final class GpuProgram {
    private GpuProgram() {}

    public static void main(String[] arguments) {
        System.out.println(CudaDevice.probe());
        try (CudaDevice device = CudaDevice.open(0)) {
            System.out.println(device.name());
        } catch (CudaException e) {
            System.out.println(e.getMessage());
        }
    }

    /**
     * Starts it on this JDK.
     *
     * @param environment changes of this process's; an empty value removes
     * @param temporary its folder of temporary files
     */
    static Process start(Map<String, String> environment, Path temporary) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                GpuProgram.class.getName()));
        environment.forEach((name, value) -> {
            if (value.isEmpty()) {
                builder.environment().remove(name);
            } else {
                builder.environment().put(name, value);
            }
        });
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** Its lines. */
    static List<String> lines(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        if (code != 0) {
            throw new AssertionError("exit code " + code + " after: " + output);
        }
        return output.lines().toList();
    }
}
