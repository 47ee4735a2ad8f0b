package io.sparktron.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelCacheTest {
    private static final KernelSource SOURCE = new KernelSource("a.cu", "text", Map.of("b.cuh", "header"));
    private static final List<String> OPTIONS = List.of("-DELEMENT=0");

    @TempDir
    private Path temporary;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void whatWasPutIsFoundByAnotherProcess() throws IOException {
        Path folder = temporary.resolve("new").resolve("folder");
        KernelCache cache = KernelCache.at(folder);
        assertThat(cache.get("key", "a.cu")).isNull();
        cache.put("key", bytes("machine code\n\0\u00ff\u0080\n"));
        assertThat(KernelCache.at(folder).get("key", "a.cu")).isEqualTo(bytes("machine code\n\0\u00ff\u0080\n"));
        assertThat(KernelCache.at(folder).get("other", "a.cu")).isNull();
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("key.module");
        }
    }

    /** Cut anywhere, or with any byte changed, a file is not used. */
    @Test
    void aDamagedFileIsNotUsed() throws IOException {
        KernelCache cache = KernelCache.at(temporary.resolve("cache"));
        Path file = temporary.resolve("cache").resolve("key.module");
        cache.put("key", bytes("compiled"));
        byte[] whole = Files.readAllBytes(file);
        for (int i : new int[] {0, 63, 64, 65, whole.length - 1}) {
            byte[] torn = whole.clone();
            torn[i] ^= 1;
            Files.write(file, torn);
            assertThat(cache.get("key", "a.cu")).as("byte %d changed", i).isNull();
            Files.write(file, Arrays.copyOf(whole, i));
            assertThat(cache.get("key", "a.cu")).as("cut to %d bytes", i).isNull();
        }
        cache.put("key", bytes("compiled again"));
        assertThat(cache.get("key", "a.cu")).isEqualTo(bytes("compiled again"));
    }

    @Test
    void aFolderInWhichOthersWriteIsNotUsed() throws IOException {
        for (String permissions : List.of("rwxrwx---", "rwx---rwx")) {
            Path folder = Files.createDirectory(temporary.resolve(permissions));
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
            KernelCache cache = KernelCache.at(folder);
            cache.put("key", bytes("compiled"));
            assertThat(cache.get("key", "a.cu")).isNull();
            assertThat(folder).isEmptyDirectory();
        }
    }

    /** Below a folder of temporary files, which others share. */
    @Test
    void theFolderIsMadeForTheUserAlone() throws IOException {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path folder = KernelCache.folder(Map.of(), temporary);
        assertThat(folder.getParent()).isEqualTo(temporary);
        KernelCache.at(folder).put("key", bytes("compiled"));
        assertThat(Files.getPosixFilePermissions(folder)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(KernelCache.at(folder).get("key", "a.cu")).isNull();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        assertThat(KernelCache.at(folder).get("key", "a.cu")).isEqualTo(bytes("compiled"));
    }

    @Test
    void withoutAFolderNothingIsKept() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "no folder");
        KernelCache cache = KernelCache.at(file.resolve("below"));
        cache.put("key", bytes("compiled"));
        assertThat(cache.get("key", "a.cu")).isNull();
    }

    @Test
    void aKeyChangesWithAllThatACompiledKernelDependsOn() throws IOException {
        Path headers = Files.createDirectory(temporary.resolve("include"));
        for (String header : List.of("cuda_fp16.h", "cuda_bf16.h", "mma.h")) {
            Files.writeString(headers.resolve(header), "first");
        }
        Set<String> keys = new TreeSet<>(List.of(
                KernelCache.key(SOURCE, OPTIONS, "12.6", null),
                KernelCache.key(new KernelSource("c.cu", "text", SOURCE.headers()), OPTIONS, "12.6", null),
                KernelCache.key(new KernelSource("a.cu", "texts", SOURCE.headers()), OPTIONS, "12.6", null),
                KernelCache.key(new KernelSource("a.cu", "text", Map.of("b.cuh", "headers")), OPTIONS, "12.6", null),
                KernelCache.key(new KernelSource("a.cu", "text", Map.of()), OPTIONS, "12.6", null),
                KernelCache.key(SOURCE, List.of("-DELEMENT=1"), "12.6", null),
                KernelCache.key(SOURCE, List.of("-DELE", "MENT=0"), "12.6", null),
                KernelCache.key(SOURCE, OPTIONS, "12.5", null),
                KernelCache.key(SOURCE, OPTIONS, "12.6", headers)));
        Files.writeString(headers.resolve("mma.h"), "another");
        keys.add(KernelCache.key(SOURCE, OPTIONS, "12.6", headers));
        assertThat(keys).hasSize(10).allMatch(key -> key.matches("[0-9a-f]{64}"));
        assertThat(KernelCache.key(SOURCE, OPTIONS, "12.6", null)).isIn(keys);
    }

    @Test
    void theFolderIsTheUsersOwn() {
        String home = temporary.toString();
        assertThat(KernelCache.folder(Map.of("SPARKTRON_KERNEL_CACHE", "/a", "HOME", home), temporary))
                .isEqualTo(Path.of("/a"));
        assertThat(KernelCache.folder(Map.of("XDG_CACHE_HOME", "/b", "HOME", home), temporary))
                .isEqualTo(Path.of("/b/sparktron/kernels"));
        assertThat(KernelCache.folder(Map.of("HOME", home), Path.of("/tmp")))
                .isEqualTo(temporary.resolve(".cache/sparktron/kernels"));
        assertThat(KernelCache.folder(Map.of("HOME", "/nowhere"), Path.of("/tmp"))
                        .toString())
                .matches("/tmp/sparktron-kernels-\\d+");
    }
}
