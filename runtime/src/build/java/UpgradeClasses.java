import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Rewrites the classes of a jar in the format of Java 8. The JVM keeps no classes of Java 5 in an archive of loaded
 * classes, and reading picocli's 150 from their jar takes a tenth of a second at every start. Nothing but the version
 * and the stack maps that it asks for is changed.
 */
final class UpgradeClasses {
    private final ZipFile jar;
    private final ClassFile format = ClassFile.of(
            ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
            ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(this::open)
                    .orElse(ClassHierarchyResolver.defaultResolver())));

    private UpgradeClasses(ZipFile jar) {
        this.jar = jar;
    }

    public static void main(String[] args) throws IOException {
        Path path = Path.of(args[0]);
        Path upgraded = Path.of(args[0] + ".new");
        try (ZipFile jar = new ZipFile(path.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(upgraded))) {
            new UpgradeClasses(jar).write(out);
        }
        Files.move(upgraded, path, StandardCopyOption.REPLACE_EXISTING);
    }

    private void write(ZipOutputStream out) throws IOException {
        for (ZipEntry entry : jar.stream().toList()) {
            byte[] bytes = jar.getInputStream(entry).readAllBytes();
            ZipEntry copy = new ZipEntry(entry.getName());
            copy.setTimeLocal(entry.getTimeLocal());
            out.putNextEntry(copy);
            out.write(entry.getName().endsWith(".class") ? upgrade(bytes) : bytes);
            out.closeEntry();
        }
    }

    private byte[] upgrade(byte[] bytes) {
        ClassModel old = format.parse(bytes);
        if (old.majorVersion() >= ClassFile.JAVA_8_VERSION) {
            return bytes;
        }
        MethodTransform copy = MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL);
        return format.transformClass(old, (builder, element) -> {
            switch (element) {
                case ClassFileVersion _ -> builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
                case MethodModel method -> builder.transformMethod(method, copy);
                default -> builder.with(element);
            }
        });
    }

    private InputStream open(ClassDesc type) {
        String name = type.descriptorString();
        ZipEntry entry = jar.getEntry(name.substring(1, name.length() - 1) + ".class");
        try {
            return entry == null ? null : jar.getInputStream(entry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
