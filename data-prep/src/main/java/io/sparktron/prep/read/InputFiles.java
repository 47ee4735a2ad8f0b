package io.sparktron.prep.read;

import io.sparktron.prep.stage.HadoopPaths;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the files that the input names: files, folders with all below them, globs. */
public final class InputFiles {
    private static final Logger LOG = LoggerFactory.getLogger(InputFiles.class);

    private final SourceSettings source;
    private final Configuration configuration;
    private final Path output;
    /** By path, so that a file named twice is read once and the order does not depend on the settings. */
    private final TreeMap<String, FileStatus> found = new TreeMap<>();

    private InputFiles(SourceSettings source, Configuration configuration, Path output) {
        this.source = source;
        this.configuration = configuration;
        this.output = output;
    }

    /**
     * The input files, source by source in order of their names. Below a folder, and among the matches of a glob,
     * names that begin with a dot or an underscore are left out, as Hadoop and Spark do; the log says how many.
     *
     * @throws InvalidInputException if an input names nothing, or holds the output, or a file belongs to two sources, or a file is
     *     too large or the files are too many for {@link InputFile#id}
     */
    public static List<InputFile> list(List<SourceSettings> sources, Configuration configuration, Path output)
            throws IOException {
        return list(sources, configuration, output, InputFile.MOST_FILES);
    }

    static List<InputFile> list(List<SourceSettings> sources, Configuration configuration, Path output, int most)
            throws IOException {
        List<InputFile> all = new ArrayList<>();
        Map<String, SourceSettings> owners = new HashMap<>();
        for (int index = 0; index < sources.size(); index++) {
            SourceSettings source = sources.get(index);
            InputFiles files = new InputFiles(source, configuration, output);
            for (String input : source.input()) {
                files.add(input);
            }
            for (Map.Entry<String, FileStatus> file : files.found.entrySet()) {
                SourceSettings owner = owners.put(file.getKey(), source);
                if (owner != null) {
                    throw new InvalidInputException(source.key("input") + " holds " + file.getKey() + ", as does "
                            + owner.key("input") + "; legal: each file in one source");
                }
                if (all.size() == most) {
                    throw new InvalidInputException(source.key("input") + " = " + source.input()
                            + " brings the files over " + most + "; legal: at most so many, in fewer but larger files");
                }
                all.add(files.file(file.getValue(), index, all.size()));
            }
        }
        return List.copyOf(all);
    }

    /** A digest of names, lengths and times of change: equal if nothing changed since. */
    public static String fingerprint(List<InputFile> files) {
        StringBuilder text = new StringBuilder();
        for (InputFile file : files) {
            text.append(file).append('\n');
        }
        return Sha256.hex(Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private void add(String input) throws IOException {
        Path path = HadoopPaths.parse(source.key("input"), input);
        FileSystem files = HadoopPaths.fileSystem(source.key("input"), path, configuration);
        int before = found.size();
        int[] hidden = {0};
        List<FileStatus> roots = new ArrayList<>();
        if (files.exists(path)) {
            roots.add(files.getFileStatus(path)); // also a name that happens to read as a glob
        } else {
            FileStatus[] matches = files.globStatus(path);
            for (FileStatus match : matches == null ? new FileStatus[0] : matches) {
                if (isHidden(match.getPath().getName())) {
                    hidden[0]++;
                } else {
                    roots.add(match);
                }
            }
        }
        if (roots.isEmpty()) {
            throw new InvalidInputException(source.key("input") + " " + input
                    + " names nothing; legal: a file, a folder or a glob that matches one");
        }
        boolean any = false;
        for (FileStatus root : roots) {
            any |= root.isDirectory() ? addFolder(files, root.getPath(), hidden) : addFile(root);
        }
        if (!any) {
            throw new InvalidInputException(
                    source.key("input") + " " + input + " holds no file; legal: at least one that is not hidden");
        }
        LOG.info(
                "{}: {} files{}",
                input,
                found.size() - before,
                hidden[0] == 0 ? "" : ", " + hidden[0] + " hidden left out");
    }

    private boolean addFolder(FileSystem files, Path folder, int[] hidden) throws IOException {
        if (isInside(output, folder)) {
            throw new InvalidInputException("prep.output " + output + " lies inside " + source.key("input") + " "
                    + folder + "; legal: a folder outside");
        }
        boolean any = false;
        for (FileStatus status : below(files, folder)) {
            if (isHiddenBelow(status.getPath(), folder)) {
                hidden[0]++;
            } else {
                any |= addFile(status);
            }
        }
        return any;
    }

    /**
     * All files below a folder. An object store lists them in few requests when asked for all at once; the local file system asked so starts a process
     * for each file, to learn its permissions (3 ms where a folder's listing takes 0.1 ms a file).
     */
    private static List<FileStatus> below(FileSystem files, Path folder) throws IOException {
        List<FileStatus> below = new ArrayList<>();
        if (files instanceof LocalFileSystem) {
            for (FileStatus status : files.listStatus(folder)) {
                if (status.isDirectory()) {
                    below.addAll(below(files, status.getPath()));
                } else {
                    below.add(status);
                }
            }
        } else {
            RemoteIterator<? extends FileStatus> all = files.listFiles(folder, true);
            while (all.hasNext()) {
                below.add(all.next());
            }
        }
        return below;
    }

    private boolean addFile(FileStatus status) {
        if (isInside(status.getPath(), output)) {
            throw new InvalidInputException(source.key("input") + " " + status.getPath() + " lies inside prep.output "
                    + output + "; legal: a file outside");
        }
        found.put(status.getPath().toString(), status);
        return true;
    }

    private InputFile file(FileStatus status, int index, int number) {
        Path path = status.getPath();
        if (status.getLen() > InputFile.PLACES) {
            throw new InvalidInputException(source.key("input") + " " + path + " holds " + status.getLen()
                    + " bytes; legal: at most 2^" + InputFile.PLACE_BITS);
        }
        InputFormat format = source.format() == InputFormat.AUTO ? formatOf(path.getName()) : source.format();
        return new InputFile(
                number,
                index,
                path.toString(),
                format,
                source.textField(),
                status.getLen(),
                status.getModificationTime());
    }

    public static InputFormat formatOf(String name) {
        String plain = Compression.withoutSuffix(name.toLowerCase(Locale.ROOT));
        if (plain.endsWith(".jsonl") || plain.endsWith(".ndjson") || plain.endsWith(".json")) {
            return InputFormat.JSONL;
        }
        if (plain.endsWith(".html") || plain.endsWith(".htm") || plain.endsWith(".xhtml")) {
            return InputFormat.HTML;
        }
        if (plain.endsWith(".warc") || plain.endsWith(".wet")) {
            return InputFormat.WARC;
        }
        return plain.endsWith(".parquet") ? InputFormat.PARQUET : InputFormat.TEXT;
    }

    private static boolean isHiddenBelow(Path path, Path folder) {
        for (Path at = path; !at.equals(folder); at = at.getParent()) {
            if (isHidden(at.getName())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isHidden(String name) {
        return name.startsWith(".") || name.startsWith("_");
    }

    /** Whether {@code path} is {@code folder} or below it. */
    private static boolean isInside(Path path, Path folder) {
        for (Path at = path; at != null; at = at.getParent()) {
            if (at.equals(folder)) {
                return true;
            }
        }
        return false;
    }
}
