package io.sparktron.prep.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.sparktron.storage.Storage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders in which runs write the rows of a stage. Their names tell host and process, so that what a killed run left behind can be removed while
 * what another one is writing stays.
 */
final class Attempts {
    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
    private static final Pattern NAME = Pattern.compile("rows-(.+)-(\\d+)-[0-9a-f]{8}");
    /** Of what another host left, nobody here can tell whether it is still being written, but by its age. */
    private static final Duration STALE = Duration.ofDays(2);

    private Attempts() {}

    static String newName() throws UnknownHostException {
        return "rows-" + host() + '-' + ProcessHandle.current().pid() + '-'
                + UUID.randomUUID().toString().substring(0, 8);
    }

    /** Removes attempts that no manifest names and no living process writes. */
    static void removeDead(Path work, Configuration configuration) throws IOException {
        for (FileStatus stage : list(work, configuration)) {
            if (!stage.isDirectory()) {
                continue;
            }
            StageManifest manifest = null;
            for (FileStatus attempt : list(stage.getPath(), configuration)) {
                if (!attempt.isDirectory() || !isDead(attempt)) {
                    continue;
                }
                if (manifest == null) {
                    manifest = manifest(stage.getPath(), configuration);
                }
                if (manifest == null || !attempt.getPath().getName().equals(manifest.data())) {
                    LOG.warn("removing {}, which a run that is gone left unfinished", attempt.getPath());
                    Storage.delete(attempt.getPath(), configuration);
                }
            }
        }
    }

    private static StageManifest manifest(Path stage, Configuration configuration) throws IOException {
        try {
            return StageManifest.read(stage, configuration);
        } catch (JsonProcessingException torn) {
            return null; // names nothing
        }
    }

    private static boolean isDead(FileStatus attempt) throws UnknownHostException {
        Matcher name = NAME.matcher(attempt.getPath().getName());
        if (!name.matches()) {
            return false;
        }
        if (name.group(1).equals(host())) {
            long process = Long.parseLong(name.group(2));
            return ProcessHandle.of(process).isEmpty();
        }
        return attempt.getModificationTime() > 0
                && attempt.getModificationTime() < System.currentTimeMillis() - STALE.toMillis();
    }

    private static String host() throws UnknownHostException {
        return InetAddress.getLocalHost().getHostName();
    }

    /** What a folder holds; nothing if there is none. */
    static FileStatus[] list(Path folder, Configuration configuration) throws IOException {
        FileSystem files = Storage.of(folder, configuration);
        try {
            return files.listStatus(folder);
        } catch (FileNotFoundException none) {
            return new FileStatus[0];
        }
    }
}
