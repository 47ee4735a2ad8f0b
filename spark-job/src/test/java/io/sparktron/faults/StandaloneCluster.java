package io.sparktron.faults;

import io.sparktron.command.Launcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Master and Workers in processes of their own on loopback addresses, each on a port that is free. Every executor has one core. */
public final class StandaloneCluster implements Cluster {
    private static final String HOST = "127.0.0.1";
    private static final String EXECUTOR_MEMORY = "512m";

    private final Path folder;
    private final SparkDaemon master;
    private final String url;
    private final List<SparkDaemon> workers = new ArrayList<>();

    /**
     * Starts the Master.
     *
     * @param folder for logs and work folders
     */
    public StandaloneCluster(Path folder) throws IOException, InterruptedException {
        this.folder = Files.createDirectories(folder);
        this.master = new SparkDaemon(
                this.folder,
                "master",
                List.of("org.apache.spark.deploy.master.Master", "--host", HOST, "--port", "0", "--webui-port", "0"));
        try {
            this.url = master.await("Starting Spark master at (spark://\\S+)");
        } catch (IOException | InterruptedException | RuntimeException e) {
            master.close();
            throw e;
        }
    }

    /** Starts a Worker with so many cores, and waits until the Master knows it. Returns its number, from 0. */
    public int addWorker(int cores) throws IOException, InterruptedException {
        return addWorker(HOST, cores);
    }

    /** The same at a loopback address of its own, such as 127.0.0.2: its executors have that too. */
    public int addWorker(String address, int cores) throws IOException, InterruptedException {
        String name = "worker-" + workers.size();
        SparkDaemon worker = new SparkDaemon(
                folder,
                name,
                List.of(
                        "org.apache.spark.deploy.worker.Worker",
                        "--host",
                        address,
                        "--cores",
                        Integer.toString(cores),
                        "--memory",
                        cores + "g",
                        "--work-dir",
                        folder.resolve(name).toString(),
                        "--webui-port",
                        "0",
                        url));
        workers.add(worker);
        worker.await("Successfully registered with master (\\S+)");
        return workers.size() - 1;
    }

    /** A Worker's process; its executors are its children. */
    public ProcessHandle worker(int number) {
        return workers.get(number).process();
    }

    @Override
    public String master() {
        return url;
    }

    @Override
    public List<String> options() {
        return List.of("--conf", "spark.executor.memory=" + EXECUTOR_MEMORY);
    }

    @Override
    public List<ProcessHandle> executors(Launcher run) {
        return workers.stream()
                .flatMap(worker -> worker.process().children())
                .filter(Signals::isExecutor)
                .toList();
    }

    @Override
    public void close() {
        workers.forEach(SparkDaemon::close);
        master.close();
    }
}
