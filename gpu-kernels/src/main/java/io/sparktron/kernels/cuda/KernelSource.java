package io.sparktron.kernels.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of CUDA C with those of ours that it includes, directly or not.
 *
 * @param name such as {@code elementwise.cu}
 * @param headers texts by name, in the order in which they are first included
 */
record KernelSource(String name, String text, Map<String, String> headers) {
    private static final Pattern INCLUDE = Pattern.compile("^\\s*#\\s*include\\s*\"([^\"]+)\"", Pattern.MULTILINE);

    /** That of the class path, beside this class. */
    static KernelSource of(String name) {
        String text = read(name);
        Map<String, String> headers = new LinkedHashMap<>();
        collect(text, headers);
        return new KernelSource(name, text, headers);
    }

    private static void collect(String text, Map<String, String> headers) {
        Matcher include = INCLUDE.matcher(text);
        while (include.find()) {
            String header = include.group(1);
            if (!headers.containsKey(header)) {
                String included = read(header);
                headers.put(header, included);
                collect(included, headers);
            }
        }
    }

    private static String read(String name) {
        try (InputStream in = KernelSource.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no " + name + " among the kernel sources");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read kernel source " + name, e);
        }
    }
}
