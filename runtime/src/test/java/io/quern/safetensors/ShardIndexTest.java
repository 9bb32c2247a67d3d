package io.quern.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quern.QuernException;
import io.quern.checkpoint.Checkpoints;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardIndexTest {
    @TempDir
    Path path;

    private void tensor(String file, String... names) {
        TensorBuilder builder = new TensorBuilder();
        for (String name : names) {
            builder.floats(name, Dtype.F32, new float[] {1}, 1);
        }
        builder.write(path.resolve(file));
    }

    private void index(String map) throws IOException {
        Files.writeString(path.resolve("model.safetensors.index.json"), "{\"weight_map\": {" + map + "}}");
    }

    private List<String> open() {
        try (Arena arena = Arena.ofConfined()) {
            return List.copyOf(ShardIndex.of(path).open(arena).entries().keySet());
        }
    }

    private void assertRefused(String reason) {
        QuernException e = assertThrows(QuernException.class, this::open);
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    @Test
    void theIndexSaysWhichFiles() throws IOException {
        tensor("a.safetensors", "x");
        tensor("b.safetensors", "y", "z");
        tensor("other.safetensors", "x");
        assertRefused("several safetensors files and no index");
        index("\"y\": \"b.safetensors\", \"x\": \"a.safetensors\", \"z\": \"b.safetensors\"");
        assertEquals(List.of("y", "z", "x"), open());
    }

    @Test
    void whatTheIndexSaysMustBeTrue() throws IOException {
        tensor("a.safetensors", "x");
        tensor("b.safetensors", "y");
        index("\"x\": \"a.safetensors\", \"y\": \"a.safetensors\"");
        assertRefused("a.safetensors: tensor 'y' is missing");
        index("\"x\": \"a.safetensors\", \"y\": \"c.safetensors\"");
        assertRefused("c.safetensors: no such file");
        index("\"x\": \"b.safetensors\", \"y\": \"a.safetensors\"");
        assertRefused("tensor 'y' should be in a.safetensors");
        tensor("b.safetensors", "x");
        index("\"x\": \"a.safetensors\", \"y\": \"b.safetensors\"");
        assertRefused("b.safetensors: tensor 'x' is in another file too");
        index("");
        assertRefused("0 files");
        Files.writeString(path.resolve("model.safetensors.index.json"), "{}");
        assertRefused("key 'weight_map' is null, expected an object");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "../a.safetensors", "/etc/a.safetensors", "..\\\\a.safetensors", "a.bin", "", ".safetensors/x",
        "b/a.safetensors"
    })
    void onlyPlainNamesOfShards(String name) throws IOException {
        index("\"x\": \"" + name + "\"");
        assertRefused("expected the plain name of a safetensors file");
    }

    @Test
    void aSingleFileOfAnyName() {
        tensor("gptq_model-4bit-128g.safetensors", "x");
        assertEquals(List.of("x"), open());
        tensor("model.safetensors", "y");
        assertEquals(List.of("y"), open());
    }

    @Test
    void picklesAreRefusedWithAdvice() throws IOException {
        assertRefused("look for a model with *.safetensors or *.gguf files");
        Files.write(path.resolve("pytorch_model.bin"), new byte[] {1});
        assertRefused("only PyTorch pickles (pytorch_model.bin)");
        QuernException e = assertThrows(
                QuernException.class, () -> Checkpoints.open(path.resolve("pytorch_model.bin")));
        assertTrue(e.getMessage().contains("look for the same model as *.safetensors or *.gguf"), e.getMessage());
    }

    @Test
    void aFileInAFolderOpensTheModel() {
        ModelFolder folder = new ModelFolder(path);
        folder.tensors.write(path.resolve("some.safetensors"));
        folder.tensors.write(path.resolve("other.safetensors"));
        Checkpoints.open(path.resolve("some.safetensors")).close();
        QuernException e = assertThrows(QuernException.class, () -> Checkpoints.open(path));
        assertTrue(e.getMessage().contains("several safetensors files"), e.getMessage());
    }

    @Test
    void whatIsNoModelIsRefused() throws IOException {
        Path text = Files.writeString(path.resolve("notes.txt"), "hello");
        QuernException e = assertThrows(QuernException.class, () -> Checkpoints.open(text));
        assertTrue(e.getMessage().contains("neither a GGUF file nor"), e.getMessage());
        e = assertThrows(QuernException.class, () -> Checkpoints.open(path));
        assertTrue(e.getMessage().contains("config.json: no such file"), e.getMessage());
        e = assertThrows(QuernException.class, () -> Checkpoints.open(path.resolve("absent")));
        assertTrue(e.getMessage().contains("no such file or folder"), e.getMessage());
    }
}
