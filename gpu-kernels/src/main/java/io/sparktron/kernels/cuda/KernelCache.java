package io.sparktron.kernels.cuda;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiled kernels on disk: a file for each key, which begins with the digest of what follows, so that a torn one is seen. Files appear by renaming; several processes may write at
 * once. Where the folder cannot be used, which the log says, every process compiles for itself.
 */
final class KernelCache {
    /** Names the folder. */
    static final String VARIABLE = "SPARKTRON_KERNEL_CACHE";

    private static final Logger LOG = LoggerFactory.getLogger(KernelCache.class);
    private static final Set<PosixFilePermission> OTHERS_WRITE =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    /** Bytes of the digest in hexadecimal and the end of its line. */
    private static final int DIGEST = 65;

    private final Path folder; // null where it cannot be used

    private KernelCache(Path folder) {
        this.folder = folder;
    }

    /**
     * Of SPARKTRON_KERNEL_CACHE; else in the user's cache folder, or where there is no home, as in some containers, directly in that of temporary files: others may make folders there, and who
     * owns a folder may replace what is in it.
     */
    static Path folder(Map<String, String> environment, Path temporary) {
        if (isSet(environment, VARIABLE)) {
            return Path.of(environment.get(VARIABLE));
        }
        if (isSet(environment, "XDG_CACHE_HOME")) {
            return Path.of(environment.get("XDG_CACHE_HOME"), "sparktron", "kernels");
        }
        if (isSet(environment, "HOME") && Files.isWritable(Path.of(environment.get("HOME")))) {
            return Path.of(environment.get("HOME"), ".cache", "sparktron", "kernels");
        }
        return temporary.resolve("sparktron-kernels-" + user());
    }

    private static boolean isSet(Map<String, String> environment, String variable) {
        return !environment.getOrDefault(variable, "").isBlank();
    }

    /** A cache in that folder, which is made if it is missing and left alone if others could write there: what is in it runs. */
    static KernelCache at(Path folder) {
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            if (isPrivate(folder)) {
                return new KernelCache(folder);
            }
            LOG.warn(
                    "kernels are not cached in {}, which is another user's, or where others may write; set {} to a folder of your own",
                    folder,
                    VARIABLE);
        } catch (IOException e) {
            LOG.warn("kernels are not cached: {}; set {} to a folder that can be written", e.toString(), VARIABLE);
        }
        return new KernelCache(null);
    }

    private static boolean isPrivate(Path folder) throws IOException {
        return uid(folder) == user()
                && uid(folder, LinkOption.NOFOLLOW_LINKS) == user() // another's link may lead elsewhere tomorrow
                && Files.isWritable(folder)
                && Files.getPosixFilePermissions(folder).stream().noneMatch(OTHERS_WRITE::contains);
    }

    /** This process's user, who may have no name in a container. */
    private static int user() {
        try {
            return uid(Path.of("/proc/self"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot tell this process's user", e);
        }
    }

    private static int uid(Path path, LinkOption... options) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid", options);
    }

    /** The digest of all that a compiled kernel depends on. */
    static String key(KernelSource source, List<String> options, String compiler, Path headers) {
        StringBuilder all = new StringBuilder();
        part(all, source.name());
        part(all, source.text());
        source.headers().forEach((name, text) -> {
            part(all, name);
            part(all, text);
        });
        options.forEach(option -> part(all, option));
        part(all, compiler);
        part(all, headers == null ? "" : CudaToolkit.stamp(headers));
        return digest(all.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** With its length, so that no other list of parts gives the same text. */
    private static void part(StringBuilder all, String text) {
        all.append(text.length()).append(':').append(text);
    }

    /**
     * What was compiled for the key, or null.
     *
     * @param name of the source, for the log
     */
    byte[] get(String key, String name) {
        if (folder == null) {
            return null;
        }
        Path file = file(key);
        try {
            byte[] all = Files.readAllBytes(file);
            byte[] compiled = Arrays.copyOfRange(all, Math.min(DIGEST, all.length), all.length);
            if (Arrays.equals(all, 0, Math.min(DIGEST, all.length), head(compiled), 0, DIGEST)) {
                return compiled;
            }
            LOG.warn("{} in the cache of kernels is damaged: {} is compiled again", file, name);
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            LOG.warn("cannot read {} ({}): {} is compiled again", file, e.toString(), name);
        }
        return null;
    }

    /** Keeps what was compiled; what cannot be written is said in the log. */
    void put(String key, byte[] compiled) {
        if (folder == null) {
            return;
        }
        try {
            Path temporary = Files.createTempFile(folder, key, ".tmp");
            try {
                try (OutputStream out = Files.newOutputStream(temporary)) {
                    out.write(head(compiled));
                    out.write(compiled);
                }
                Files.move(temporary, file(key), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            LOG.warn("cannot keep a compiled kernel in {}: {}", folder, e.toString());
        }
    }

    private Path file(String key) {
        return folder.resolve(key + ".module");
    }

    /** The {@link #DIGEST} bytes with which a file begins. */
    private static byte[] head(byte[] compiled) {
        return (digest(compiled) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** SHA-256 in hexadecimal. */
    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
