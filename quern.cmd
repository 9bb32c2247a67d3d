@echo off
rem Starts Quern: finds JDK 25, builds on first use, passes the JVM's flags. What the script "quern" does elsewhere, and
rem the same flags, except that a newer source does not make it build again: delete runtime\target for that.
rem   QUERN_JAVA_OPTS   flags of your own for the JVM, for example "-Xmx8g"
rem Layouts: a checkout (jars in runtime\target\app), or an unpacked release (jars in lib, no sources).
setlocal EnableExtensions DisableDelayedExpansion
set "quern_home=%~dp0"
set "quern_home=%quern_home:~0,-1%"

set "java_home="
if defined JAVA_HOME call :try "%JAVA_HOME%"
for /f "delims=" %%j in ('where java.exe 2^>nul') do call :try "%%~dpj.."
for %%r in (
    "%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Java" "%ProgramFiles%\Microsoft" "%ProgramFiles%\Zulu"
    "%ProgramFiles%\Amazon Corretto" "%ProgramFiles%\BellSoft" "%ProgramFiles%\OpenJDK"
    "%LOCALAPPDATA%\Programs\Eclipse Adoptium" "%USERPROFILE%\.jdks" "%USERPROFILE%\scoop\apps"
) do if exist "%%~r" for /d %%d in ("%%~r\*") do (
    call :try "%%~d"
    call :try "%%~d\current"
)
if not defined java_home (
    echo quern: needs JDK 25: install it ^(for example Eclipse Temurin 25, https://adoptium.net^) or set JAVA_HOME to it>&2
    exit /b 1
)

if "%~1"=="jmh" if exist "%quern_home%\bench\pom.xml" goto jmh
set "app=%quern_home%\lib"
if exist "%app%\quern-app.jar" goto start
set "app=%quern_home%\runtime\target\app"
if not exist "%quern_home%\runtime\pom.xml" (
    echo quern: finds neither its jars nor its sources in %quern_home%>&2
    exit /b 1
)
set "module=runtime"
set "jars=quern quern-app quern-kernels jackson-core picocli"
call :complete || (call :build && call :archive) || exit /b 1

:start
set "compilers="
if %NUMBER_OF_PROCESSORS% lss 4 set "compilers=-XX:CICompilerCount=3"
set "directives="
if exist "%app%\compiler.json" set directives=-XX:+UnlockDiagnosticVMOptions -XX:-DisplayVMOutput "-XX:CompilerDirectivesFile=%app%\compiler.json"
set "archive=-Xshare:auto"
if exist "%app%\quern.jsa" set "archive=-XX:SharedArchiveFile=%app%\quern.jsa"
"%java_home%\bin\java.exe" -XX:+UseSerialGC -XX:MaxRAMPercentage=50 -XX:-UsePerfData "%archive%" "-Xlog:cds*=off" -XX:CompileCommand=quiet -XX:Tier4BackEdgeThreshold=50000000 -XX:CompileCommand=CompileThresholdScaling,jdk.incubator.vector.*::*,0.05 -XX:CompileCommand=CompileThresholdScaling,io.quern.kernels.*::*,0.05 -XX:CompileCommand=BackgroundCompilation,io.quern.kernels.*::*,false %compilers% %directives% %QUERN_JAVA_OPTS% -jar "%app%\quern-app.jar" %*
exit /b %ERRORLEVEL%

rem Benchmarks of the kernels: arguments are those of JMH.
:jmh
set "app=%quern_home%\bench\target\app"
set "module=bench"
set "jars=quern-bench quern quern-kernels jmh-core"
call :complete || call :build || exit /b 1
set "arguments=%*"
set "arguments=%arguments:*jmh=%"
"%java_home%\bin\java.exe" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow %QUERN_JAVA_OPTS% -cp "%app%\*" io.quern.bench.Main %arguments%
exit /b %ERRORLEVEL%

rem Writes the classes of a short run to an archive, which later starts map instead of reading jars.
:archive
"%java_home%\bin\java.exe" -XX:+UseSerialGC -XX:-UsePerfData "-XX:ArchiveClassesAtExit=%app%\quern.jsa.new" -Xlog:disable -Xlog:all=off -jar "%app%\quern-app.jar" run -p hi -n 2 --temperature 0 >nul 2>&1 && move /y "%app%\quern.jsa.new" "%app%\quern.jsa" >nul
exit /b 0

rem Sets java_home to the folder %1 if that is a JDK 25 and none was found before. Its file "release" tells its version.
:try
if defined java_home exit /b 0
if not exist "%~1\bin\java.exe" exit /b 0
if not exist "%~1\release" exit /b 0
findstr /b /r "JAVA_VERSION=.25[^0-9]" "%~1\release" >nul && set "java_home=%~f1"
exit /b 0

rem Succeeds if every jar is there.
:complete
for %%j in (%jars%) do if not exist "%app%\%%j.jar" exit /b 1
exit /b 0

rem Builds with the system's Maven. One build at a time: the folder is the lock, and holds the log.
:build
where mvn >nul 2>&1 || (
    echo quern: needs Maven 3.8 or later to build itself on first use: install it>&2
    exit /b 1
)
if not exist "%java_home%\bin\javac.exe" (
    echo quern: needs a JDK 25 with a compiler to build itself on first use: %java_home% has none>&2
    exit /b 1
)
set "lock=%quern_home%\.quern-build"
set /a waited=0
:lock
mkdir "%lock%" 2>nul && goto locked
if not exist "%lock%" (
    echo quern: cannot write to %quern_home%, where it has to build>&2
    exit /b 1
)
if %waited%==0 echo quern: waiting for another build>&2
set /a waited+=1
if %waited% gtr 600 (
    echo quern: delete the folder %lock% if no other build is running>&2
    exit /b 1
)
ping -n 2 127.0.0.1 >nul
goto lock

:locked
call :complete && goto unlock
echo quern: building>&2
set "JAVA_HOME=%java_home%"
call mvn -q -B -f "%quern_home%\pom.xml" -pl %module% -am package -DskipTests >"%lock%\log" 2>&1 <nul
if errorlevel 1 (
    findstr /b /c:"[ERROR]" "%lock%\log" >&2
    rmdir /s /q "%lock%"
    echo quern: the build failed; "mvn -pl %module% -am package" in %quern_home% shows all of it>&2
    exit /b 1
)
:unlock
rmdir /s /q "%lock%"
exit /b 0
