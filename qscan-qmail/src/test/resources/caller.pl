#!/usr/bin/perl
# Calls a queue program the way qmail-smtpd does (qmail.c): descriptors 0 and 1 are the reading ends of
# two pipes; the message is written to the first and the pipe closed, then the envelope to the second.
# Java cannot give a child a readable descriptor 1, hence this. It can also misbehave in all the ways
# that callers and machines do.
#
#   caller.pl [OPTION=VALUE...] -- PROGRAM [ARGUMENT...]
#
#   message=FILE envelope=FILE          what to send; without a file nothing, and the pipe is closed
#   message-octets=N envelope-octets=N  stop after so many, as a client does that gives up
#   chunk=N pause=MICROSECONDS          write slowly
#   hold-message=FILE hold-envelope=FILE  close the pipe only once that file is there
#   close=0,1,2                         closed in the program
#   open=FILE                           open for writing as descriptors 3, 4, 5, 7 and 8 in the program
#   six=pipe                            a pipe for an error text as descriptor 6, read to its end
#   stderr=FILE|reading-end             descriptor 2 of the program
#   limit=-n 20                         for the shell's ulimit; several separated by commas
#   nproc=N                             limit on the user's processes; dash's ulimit has none
#   umask=MODE uid=N group=own          of the program; own: a process group of its own
#   block=NAME,... ignore=NAME,...      signals blocked, ignored in the program
#
# Says "pid N" at once, and at the end a word and a value a line: "exit N" or "signal N", "message N"
# and "envelope N" for the octets taken, "six TEXT", "micros N".
use strict;
use warnings;
use POSIX ();
use Time::HiRes qw(time usleep);

use constant F_DUPFD_CLOEXEC => 1030;

my %option = (chunk => 65_536, pause => 0, close => '', limit => '', block => '', ignore => '');
while (@ARGV && (my $argument = shift) ne '--') {
    my ($name, $value) = split /=/, $argument, 2;
    $option{$name} = $value;
}

$| = 1;
$SIG{PIPE} = 'IGNORE';    # as in qmail-smtpd, and inherited as there
my ($message_out, $message_in)   = pair();
my ($envelope_out, $envelope_in) = pair();
my ($six_out, $six_in)           = pair();

my $begin = time;
my $pid = fork;
defined $pid or die "fork: $!";
start() if $pid == 0;
print "pid $pid\n";
POSIX::close($_) for $message_in, $envelope_in, $six_out;

my $message = send_file($message_out, $option{message}, $option{'message-octets'});
hold($option{'hold-message'});
POSIX::close($message_out);
my $envelope = send_file($envelope_out, $option{envelope}, $option{'envelope-octets'});
hold($option{'hold-envelope'});
POSIX::close($envelope_out);
my $six = '';
if (defined $option{six}) {
    while ((POSIX::read($six_in, my $bytes, 1024) || 0) > 0) { $six .= $bytes }
    $six =~ s/[^ -~]/?/g;
}
waitpid $pid, 0;
my $status = $?;
my $micros = int((time - $begin) * 1e6);
print $status & 127 ? 'signal ' . ($status & 127) : 'exit ' . ($status >> 8), "\n",
    "message $message\n", "envelope $envelope\n", "six $six\n", "micros $micros\n";
exit 0;

# Writing end, reading end; away from the low numbers and not inherited.
sub pair {
    my ($in, $out) = POSIX::pipe();
    return (away($out), away($in));
}

sub away {
    my ($low) = @_;
    open my $handle, '+<&=', $low or die "open $low: $!";
    my $high = fcntl $handle, F_DUPFD_CLOEXEC, 30;    # $handle closes the low one
    return $high || die "fcntl: $!";
}

sub start {
    setpgrp if defined $option{group};
    umask oct $option{umask} if defined $option{umask};
    put($message_in, 0);
    put($envelope_in, 1);
    if (!defined $option{stderr})              { put_file('/dev/null', 2) }
    elsif ($option{stderr} eq 'reading-end')   { put($six_in, 2) }
    else                                       { put_file($option{stderr}, 2) }
    if (defined $option{open}) { put_file($option{open}, $_) for 3, 4, 5, 7, 8 }
    put($six_out, 6) if defined $option{six};
    POSIX::close($_) for grep {length} split /,/, $option{close};
    unshift @ARGV, 'prlimit', "--nproc=$option{nproc}", '--' if defined $option{nproc};
    if (defined $option{uid}) {
        $) = "$option{uid} $option{uid}";
        POSIX::setgid($option{uid}) && POSIX::setuid($option{uid}) or POSIX::_exit(125);
    }
    $SIG{$_} = 'IGNORE' for split /,/, $option{ignore};
    my @blocked = map { POSIX->can("SIG$_")->() } split /,/, $option{block};
    POSIX::sigprocmask(POSIX::SIG_BLOCK(), POSIX::SigSet->new(@blocked)) if @blocked;
    my @program = @ARGV;
    if ($option{limit} ne '') {
        my $limits = join ' && ', map {"ulimit $_"} split /,/, $option{limit};
        unshift @program, '/bin/sh', '-c', "$limits && exec \"\$0\" \"\$@\"";
    }
    { no warnings 'exec'; exec @program; }
    POSIX::_exit(120);
}

sub put {
    my ($from, $descriptor) = @_;
    POSIX::dup2($from, $descriptor) or POSIX::_exit(120);
    return;
}

sub put_file {
    my ($file, $descriptor) = @_;
    my $from = POSIX::open($file, POSIX::O_WRONLY() | POSIX::O_CREAT() | POSIX::O_APPEND(), 0666);
    defined $from or POSIX::_exit(120);
    if ($from != $descriptor) {
        POSIX::dup2($from, $descriptor);
        POSIX::close($from);
    }
    return;
}

sub hold {
    my ($file) = @_;
    return unless defined $file;
    my $end = time + 120;
    usleep(2000) until -e $file || time > $end;
    return;
}

# How many octets the program took.
sub send_file {
    my ($to, $file, $most) = @_;
    return 0 unless defined $file;
    open my $from, '<:raw', $file or die "$file: $!";
    my $sent = 0;
    while (!defined $most || $sent < $most) {
        my $want = $option{chunk};
        $want = $most - $sent if defined $most && $most - $sent < $want;
        my $n = sysread $from, (my $bytes), $want;
        last unless $n;
        for (my $at = 0; $at < $n;) {
            my $written = POSIX::write($to, substr($bytes, $at), $n - $at);
            return $sent unless $written;
            $at += $written;
            $sent += $written;
        }
        usleep($option{pause}) if $option{pause};
    }
    return $sent;
}
