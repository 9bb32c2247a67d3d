package io.quern.cli;

import io.quern.ChatMessage;
import io.quern.FinishReason;
import io.quern.GenerationOptions;
import io.quern.GenerationResult;
import io.quern.ModelOptions;
import io.quern.SamplingOptions;
import io.quern.TokenStreamDecoder;
import io.quern.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** An engine without a model: it answers with what it was asked, and its tokens are bytes. */
final class FakeEngine implements Engine {
    final List<List<ChatMessage>> conversations = new ArrayList<>();
    Optional<Path> loaded;
    ModelOptions modelOptions;
    GenerationOptions generationOptions;
    RuntimeException failure;
    boolean closed;

    @Override
    public Answerer load(Optional<Path> model, ModelOptions options, Terminal terminal) {
        loaded = model;
        modelOptions = options;
        return new Answerer() {
            @Override
            public SamplingOptions samplingDefaults() {
                return SamplingOptions.defaults();
            }

            @Override
            public String description() {
                return "an echo";
            }

            @Override
            public Answer answer(List<ChatMessage> messages, GenerationOptions asked, Consumer<String> pieces,
                    BooleanSupplier cancelled) {
                conversations.add(messages);
                return echo("you said " + messages.getLast().content(), asked, pieces);
            }

            @Override
            public Answer complete(String text, GenerationOptions asked, Consumer<String> pieces,
                    BooleanSupplier cancelled) {
                return echo(text, asked, pieces);
            }

            @Override
            public void close() {
                closed = true;
            }
        };
    }

    private Answer echo(String text, GenerationOptions asked, Consumer<String> pieces) {
        generationOptions = asked;
        if (failure != null) {
            throw failure;
        }
        for (String piece : text.split("(?= )")) {
            pieces.accept(piece);
        }
        return new Answer(new int[] {1, 2},
                new GenerationResult(text, new int[] {3, 4, 5}, FinishReason.STOP, 2, 2, 500_000_000,
                        1_500_000_000));
    }

    /** Token 256 begins a text; 0 to 255 are bytes. */
    @Override
    public Tokenizer tokenizer(Path model) {
        return new Tokenizer() {
            @Override
            public int vocabularySize() {
                return 257;
            }

            @Override
            public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                int[] ids = new int[bytes.length + (addSpecial ? 1 : 0)];
                ids[0] = 256;
                for (int i = 0; i < bytes.length; i++) {
                    ids[ids.length - bytes.length + i] = Byte.toUnsignedInt(bytes[i]);
                }
                return ids;
            }

            @Override
            public String decode(int[] ids, boolean showSpecial) {
                StringBuilder text = new StringBuilder();
                for (int id : ids) {
                    text.append(id == 256 ? showSpecial ? "<s>" : "" : String.valueOf((char) id));
                }
                return text.toString();
            }

            @Override
            public String piece(int id) {
                return id == 256 ? "<s>" : String.valueOf((char) id);
            }

            @Override
            public byte[] bytes(int id) {
                return id == 256 ? new byte[0] : new byte[] {(byte) id};
            }

            @Override
            public boolean isSpecial(int id) {
                return id == 256;
            }

            @Override
            public boolean isEndOfGeneration(int id) {
                return false;
            }

            @Override
            public OptionalInt bos() {
                return OptionalInt.of(256);
            }

            @Override
            public OptionalInt eos() {
                return OptionalInt.empty();
            }

            @Override
            public OptionalInt idOf(String piece) {
                return OptionalInt.empty();
            }

            @Override
            public TokenStreamDecoder streamDecoder() {
                throw new UnsupportedOperationException();
            }
        };
    }
}
