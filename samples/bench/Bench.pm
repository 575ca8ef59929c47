# What the benchmarks of the resident mode share: a directory of their own, in which programs are built
# and daemons are started, which end together with it.
package Bench;
use strict;
use warnings;
use Exporter qw(import);
use File::Temp qw(tempdir);
use MIME::Base64 qw(encode_base64);
use POSIX ();

our @EXPORT = qw(place build start await stop stop_all find qscand mail seconds_of_cpu status_of
    cores load_average file_system median slurp spew $HOME $CLIENT);

my ($root) = __FILE__ =~ m{\A(.*)/samples/bench/Bench\.pm\z}s or die "bench: cannot find the directory of the sources: run it by its path, samples/bench/NAME\n";
our $HOME   = "$root/qscan-qmail/target/qscan";
our $CLIENT = "$HOME/bin/qscan-client";

my $owner = $$;
my $dir;
my %started;
$SIG{$_} = sub { exit 1 } for qw(HUP INT TERM);
END { stop_all() if $$ == $owner }

# A new directory below this one, which is removed at the end.
sub place {
    my ($below) = @_;
    -x $CLIENT or die "bench: $CLIENT is missing: build it, with a C compiler: mvn -q -DskipTests package\n";
    $dir = tempdir('qscan-bench.XXXXXX', DIR => $below, CLEANUP => 1);
    return $dir;
}

sub build {
    for my $program (@_) {
        system('cc', '-O2', '-o', "$dir/$program", "$root/samples/bench/$program.c") == 0
            or die "bench: cc cannot build $program.c, see above\n";
    }
    return;
}

# --- processes

sub start {
    my ($log, @command) = @_;
    my $pid = fork // die "bench: fork: $!\n";
    if (!$pid) {
        open STDOUT, '>>', $log;
        open STDERR, '>&', \*STDOUT;
        exec @command or POSIX::_exit(111);
    }
    $started{$pid} = 1;
    return $pid;
}

sub await {
    my ($socket, $pid, $log) = @_;
    for (1 .. 600) {
        return if -S $socket;
        die "bench: the program that listens at $socket has ended: ", slurp($log) if waitpid $pid, POSIX::WNOHANG();
        select undef, undef, undef, 0.1;
    }
    die "bench: nothing listens at $socket: ", slurp($log);
}

sub stop {
    my ($pid) = @_;
    kill TERM => $pid;
    waitpid $pid, 0;
    delete $started{$pid};
    return;
}

sub stop_all {
    local $?;
    stop($_) for keys %started;
    return;
}

# Starts a qscand with these settings, its own work directory and log. Its files are below $dir/NAME.
sub qscand {
    my ($name, @settings) = @_;
    my $own = "$dir/$name";
    mkdir $own;
    mkdir "$own/work", 0700;
    spew("$own/qscan.properties", join '', map { "$_\n" } "work.directory=$own/work",
        "queue.program=$dir/queue", "daemon.socket=$own/qscand.sock", 'log.syslog=false', @settings);
    my $pid = start("$own/log", "$HOME/bin/qscand", '-c', "$own/qscan.properties");
    await("$own/qscand.sock", $pid, "$own/log");
    return $pid;
}

sub find {
    my ($name) = @_;
    return (grep { -x } map { "$_/$name" } split(/:/, $ENV{PATH}), '/usr/sbin')[0];
}

# The CPU time of a process and of the children for which it has waited.
sub seconds_of_cpu {
    my ($pid) = @_;
    my ($rest) = slurp("/proc/$pid/stat") =~ /\) (.*)/s;
    my @fields = split ' ', $rest;
    return ($fields[11] + $fields[12] + $fields[13] + $fields[14]) / POSIX::sysconf(&POSIX::_SC_CLK_TCK);
}

# A number from /proc/PID/status, such as Threads or VmRSS (KB); or the number of its 'descriptors'.
sub status_of {
    my ($pid, $what) = @_;
    return scalar(() = glob "/proc/$pid/fd/*") if $what eq 'descriptors';
    my ($figure) = slurp("/proc/$pid/status") =~ /^$what:\s+(\d+)/m;
    return $figure;
}

# --- small things

# A mail with an attachment that gives it about the wanted length. It is always the same.
sub mail {
    my ($size) = @_;
    my $head = <<"END";
Received: from mail.example.org (192.0.2.1)
  by mx.example.net with SMTP; 27 Nov 2026 10:11:12 -0000
Date: Fri, 27 Nov 2026 10:11:10 +0000
Message-ID: <20261127101110.4711\@mail.example.org>
From: lena\@example.org
To: postmaster\@example.net
Subject: About $size octets
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_b"

--=_b
Content-Type: text/plain; charset=UTF-8

What you asked for.
--=_b
Content-Type: application/octet-stream; name="measurements.bin"
Content-Transfer-Encoding: base64

END
    my $lines = int(($size - length $head) / 77);
    srand $size;
    return $head . encode_base64(pack 'N*', map { int rand 2**32 } 1 .. int($lines * 57 / 4)) . "--=_b--\n";
}

sub cores {
    return scalar(() = slurp('/proc/cpuinfo') =~ /^processor\b/mg);
}

sub load_average {
    return join ' ', (split ' ', slurp('/proc/loadavg'))[0 .. 2];
}

sub file_system {
    my ($directory) = @_;
    my (undef, $line) = split /\n/, qx(df --output=fstype,target '$directory');
    return join ' on ', split ' ', $line;
}

sub median {
    my @sorted = sort { $a <=> $b } @_;
    return ($sorted[$#sorted / 2] + $sorted[@sorted / 2]) / 2;
}

sub slurp {
    my ($file) = @_;
    open my $in, '<:raw', $file or die "bench: $file: $!\n";
    local $/ = undef;
    return scalar(<$in>) // '';
}

sub spew {
    my ($file, $bytes) = @_;
    open my $out, '>:raw', $file or die "bench: $file: $!\n";
    print {$out} $bytes and close $out or die "bench: $file: $!\n";
    return;
}

1;
