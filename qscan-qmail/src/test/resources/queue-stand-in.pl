#!/usr/bin/perl
# Stands where the real qmail-queue stands. Keeps its promises (qmail-queue.c): the message is read from
# descriptor 0 to its end, and only then the envelope from descriptor 1; only the envelope's last NUL
# commits. A committed message is $QUEUE/N.msg and $QUEUE/N.env, on the disk before 0 is returned;
# N.env comes last. One that is not committed leaves nothing, unless we are killed.
#
# Exit: 0 queued, 11 address too long, 53 write error, 54 read error or early end, 91 bad envelope.
#
# $QUEUE_DOES makes it misbehave: MOMENT DEED, where MOMENT is start, message (all of it read) or
# envelope (committed), and DEED is exit N, signal N, hang, or nothing for "read no further and end
# with 0"; $QUEUE_LOG gets a line for each run with how many octets it has seen of either.
use strict;
use warnings;
use Fcntl qw(O_WRONLY O_CREAT O_EXCL O_APPEND);
use IO::Handle;

$SIG{$_} = 'IGNORE' for qw(PIPE INT QUIT HUP VTALRM PROF XCPU XFSZ);

my ($moment, $deed, $number) = split ' ', $ENV{QUEUE_DOES} || 'never';
my $name = "$ENV{QUEUE}/.$$." . time;
my ($message, $envelope) = (0, '');
my @files;
open my $in0, '<&=', 0 or finish(54);
open my $in1, '<&=', 1 or finish(54);

misbehave('start');
my $msg = create("$name.msg");
while ((my $n = get($in0, my $bytes)) > 0) {
    $message += $n;
    put($msg, $bytes);
}
$msg->sync or finish(53);
misbehave('message');

my $env = create("$name.env");
my ($state, $length) = ('F', 0);
while ($state ne 'end') {
    get($in1, my $bytes) or finish(54);
    my $good = length $bytes;
    for my $i (0 .. length($bytes) - 1) {
        my $octet = substr $bytes, $i, 1;
        if ($state eq 'address') {
            if    ($octet eq "\0")   { $state = 'T' }
            elsif (++$length > 1002) { $envelope .= $bytes; finish(11) }
        } elsif ($state eq 'T' && $octet eq "\0") {
            ($state, $good) = ('end', $i + 1);
            last;
        } elsif ($octet ne $state) {
            $envelope .= $bytes;
            finish(91);
        } else {
            ($state, $length) = ('address', 0);
        }
    }
    $envelope .= substr $bytes, 0, $good;
    put($env, substr $bytes, 0, $good);
}
$env->sync or finish(53);
my $number_in_queue = (stat $msg)[1];    # as in qmail: an inode number, which no other file has
rename "$name.msg", "$ENV{QUEUE}/$number_in_queue.msg" or finish(53);
rename "$name.env", "$ENV{QUEUE}/$number_in_queue.env" or finish(66);
@files = ();
misbehave('envelope');
finish(0);

sub create {
    my ($file) = @_;
    sysopen my $out, $file, O_WRONLY | O_CREAT | O_EXCL, 0600 or finish(53);
    push @files, $file;
    return $out;
}

sub get {
    for (;;) {
        my $n = sysread $_[0], $_[1], 65_536;
        return $n if defined $n;
        finish(54) unless $!{EINTR};
    }
}

sub put {
    my ($out, $bytes) = @_;
    for (my $at = 0; $at < length $bytes;) {
        my $n = syswrite $out, $bytes, length($bytes) - $at, $at;
        if    (defined $n) { $at += $n }
        elsif (!$!{EINTR}) { finish(53) }
    }
    return;
}

sub misbehave {
    my ($now) = @_;
    return if $now ne $moment;
    if ($deed eq 'exit') { finish($number) }
    if ($deed eq 'hang') { note('hangs'); sleep 1000 while 1 }
    if ($deed eq 'signal') {
        note("dies of $number");
        unlink @files;
        $SIG{TERM} = 'DEFAULT';
        kill $number, $$;
        sleep 10;
    }
    return;
}

sub finish {
    my ($code) = @_;
    unlink @files;
    note("exit $code");
    exit $code;
}

# One write, so that lines of several runs do not mix.
sub note {
    my ($end) = @_;
    return unless $ENV{QUEUE_LOG};
    sysopen my $log, $ENV{QUEUE_LOG}, O_WRONLY | O_CREAT | O_APPEND, 0600 or return;
    syswrite $log, "message $message envelope " . length($envelope) . " $end\n";
    return;
}
