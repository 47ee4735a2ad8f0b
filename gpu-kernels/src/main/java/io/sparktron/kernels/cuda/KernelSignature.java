package io.sparktron.kernels.cuda;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parameters of a kernel as its source declares them. The driver does not know their types: without this check a launch with a parameter too few, or an {@code int} where the
 * kernel has a {@code long long}, would run and compute something.
 */
final class KernelSignature {
    static final char POINTER = 'P';
    static final char INT = 'I';
    static final char LONG = 'L';
    static final char FLOAT = 'F';
    static final char DOUBLE = 'D';

    private static final Pattern COMMENT = Pattern.compile("//[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);

    private static final String HEAD = "__global__\\s+void\\s+(?:__launch_bounds__\\s*\\([^)]*\\)\\s*)?";
    private static final Pattern KERNEL = Pattern.compile(HEAD + "(\\w+)\\s*\\(");

    private final String declared; // as in the source
    private final String kinds; // a letter for each parameter

    private KernelSignature(String declared, String kinds) {
        this.declared = declared;
        this.kinds = kinds;
    }

    /** That of {@code extern "C" __global__ void kernel(...)}, or null if there is none. */
    static KernelSignature of(String source, String kernel) {
        String code = COMMENT.matcher(source).replaceAll(" ");
        Matcher found = Pattern.compile(HEAD + Pattern.quote(kernel) + "\\s*\\(([^)]*)\\)")
                .matcher(code);
        if (!found.find()) {
            return null;
        }
        String declared = found.group(1).strip().replaceAll("\\s+", " ");
        StringBuilder kinds = new StringBuilder();
        if (!declared.isEmpty()) {
            for (String parameter : declared.split(",")) {
                kinds.append(kind(parameter));
            }
        }
        return new KernelSignature(declared, kinds.toString());
    }

    /** The names of all kernels of a source. */
    static List<String> kernels(String source) {
        return KERNEL.matcher(COMMENT.matcher(source).replaceAll(" "))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static char kind(String parameter) {
        if (parameter.contains("*")) {
            return POINTER;
        }
        if (parameter.matches(".*\\b(long long|size_t)\\b.*")) {
            return LONG;
        }
        if (parameter.matches(".*\\bdouble\\b.*")) {
            return DOUBLE;
        }
        if (parameter.matches(".*\\bfloat\\b.*")) {
            return FLOAT;
        }
        if (parameter.matches(".*\\b(int|unsigned)\\b.*")) {
            return INT;
        }
        throw new IllegalArgumentException("a kernel has the parameter \"" + parameter.strip()
                + "\"; legal: pointers, int, unsigned, long long, unsigned long long, size_t, float, double");
    }

    int count() {
        return kinds.length();
    }

    /** Whether parameter {@code index} is of that kind. */
    boolean takes(int index, char kind) {
        return index < kinds.length() && kinds.charAt(index) == kind;
    }

    String refusal(CudaFunction kernel, int index, char kind) {
        return kernel + ": parameter " + index + " is passed as " + name(kind) + ", its parameters are " + this;
    }

    /** As in the source. */
    @Override
    public String toString() {
        return "(" + declared + ")";
    }

    private static String name(char kind) {
        return switch (kind) {
            case POINTER -> "a tensor";
            case INT -> "int";
            case LONG -> "long";
            case FLOAT -> "float";
            default -> "double";
        };
    }
}
