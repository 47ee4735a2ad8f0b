package io.sparktron.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** HDFS with its servers in this process, on the loopback address, from the first test that asks to the end of the process. */
public final class HdfsCluster {
    private static HdfsCluster running;

    private final MiniDFSCluster cluster;
    private final Configuration configuration = new Configuration();

    private HdfsCluster(Path folder) throws IOException {
        configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.toString());
        cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    }

    /** A folder of its own. */
    public static synchronized Place place() {
        if (running == null) {
            running = start();
        }
        return new Place(running.cluster.getURI() + "/" + UUID.randomUUID(), running.configuration);
    }

    private static HdfsCluster start() {
        try {
            Path folder = Files.createTempDirectory("hdfs");
            HdfsCluster started = new HdfsCluster(folder);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                started.cluster.shutdown();
                FileUtil.fullyDelete(folder.toFile());
            }));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
