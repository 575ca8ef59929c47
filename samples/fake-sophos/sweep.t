#!/usr/bin/perl
# Tests of the stand-in for sweep: prove samples/fake-sophos
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use IO::Compress::Zip qw(:all);
use Test::More;

my $SWEEP = dirname(abs_path(__FILE__)) . '/sweep';
my @USUAL = qw(-nb -f -all -rec -ss -archive --no-follow-symlinks);
my $EICAR = join '', 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS', '-TEST-FILE!$H+H*';

my $root = tempdir(CLEANUP => 1);
chdir $root or die;

sub file {
    my ($name, $content) = @_;
    open my $out, '>:raw', $name or die "$name: $!";
    print $out $content or die;
    close $out or die;
    return $name;
}

# A zip archive with these members, in pairs of name and content.
sub zip_of {
    my ($method, @members) = @_;
    my ($archive, $zip);
    while (my ($name, $content) = splice @members, 0, 2) {
        my @how = (Name => $name, Method => $method);
        if ($zip) { $zip->newStream(@how) }
        else      { $zip = IO::Compress::Zip->new(\$archive, @how) or die }
        $zip->print($content);
    }
    $zip->close;
    return $archive;
}

# The same archive with the encryption bit of every member set.
sub encrypted {
    my ($archive) = @_;
    $archive =~ s/(PK\003\004..)(.)/$1 . chr(ord($2) | 1)/ges;
    $archive =~ s/(PK\001\002....)(.)/$1 . chr(ord($2) | 1)/ges;
    return $archive;
}

sub sweep {
    my @arguments = @_;
    my $pid = open my $from, '-|';
    die unless defined $pid;
    if (!$pid) {
        open STDERR, '>&', \*STDOUT or die;
        exec $SWEEP, @arguments or die;
    }
    local $/;
    my $text = <$from>;
    close $from;
    return ($? & 127 ? "signal $?" : $? >> 8, defined $text ? $text : '');
}

sub says {
    my ($arguments, $status, $text, $what) = @_;
    my ($got_status, $got_text) = sweep(@{$arguments});
    ok $got_status eq $status && $got_text eq $text, $what
        or diag "exit $got_status, not $status\n$got_text-- not --\n$text";
    return;
}

sub found { return join '', map {">>> Virus 'EICAR-AV-Test' found in file $_\n"} @_ }

file('clean', "nothing here\n");
file('eicar', $EICAR);

# EICAR itself
says([@USUAL, 'clean'], 0, '', 'a clean file: not a word');
says([@USUAL, 'eicar'], 3, found('eicar'), 'EICAR in a file');
says([@USUAL, file('white', "$EICAR \t\r\n\032")], 3, found('white'), 'with white space after it');
says([@USUAL, file('full', $EICAR . ' ' x 60)], 3, found('full'), 'up to 128 bytes');
says([@USUAL, file('over', $EICAR . ' ' x 61)], 0, '', 'no more than 128 bytes');
says([@USUAL, file('tail', "${EICAR}x")], 0, '', 'with anything else after it');
says([@USUAL, file('late', " $EICAR")], 0, '', 'not at the beginning');
says([@USUAL, file('mail', "From: a\n\n$EICAR\n")], 0, '', 'a raw mail is not taken apart');

# zip archives
my $zip = zip_of(ZIP_CM_DEFLATE, 'a.txt' => 'fine', 'b/e.com' => $EICAR);
file('deflated.zip', $zip);
file('stored.zip',   zip_of(ZIP_CM_STORE, 'e.com' => $EICAR));
file('nested.zip',   zip_of(ZIP_CM_DEFLATE, 'in.zip' => zip_of(ZIP_CM_STORE, 'deep.zip' => $zip)));
file('clean.zip',    zip_of(ZIP_CM_DEFLATE, 'a.txt' => 'fine'));
file('locked.zip', encrypted(zip_of(ZIP_CM_DEFLATE, 'a' => 'fine', 'b' => 'too')));
file('cut.zip',    substr $zip, 0, length($zip) - 30);
file('rest.zip',   "$zip\r\nmore");
says([@USUAL, 'deflated.zip'], 3, found('deflated.zip/b/e.com'), 'EICAR in a zip');
says([@USUAL, 'stored.zip'],   3, found('stored.zip/e.com'),     'in a stored member');
says([@USUAL, 'nested.zip'], 3, found('nested.zip/in.zip/deep.zip/b/e.com'), 'in a zip in a zip in a zip');
says([@USUAL, 'rest.zip'], 3, found('rest.zip/b/e.com'), 'in a zip with bytes after its end');
says([@USUAL, '-narchive', 'deflated.zip'], 0, '', 'not opened without -archive');
says([@USUAL, '-narchive', '-zip', 'stored.zip'], 3, found('stored.zip/e.com'), 'opened with -zip');
says([@USUAL, 'locked.zip'], 2, "Password protected file locked.zip/a\nPassword protected file locked.zip/b\n",
    'encrypted members');
says([@USUAL, 'cut.zip'], 2, "Could not check cut.zip (corrupt)\n", 'a damaged zip');
(my $damaged = zip_of(ZIP_CM_STORE, 'a' => 'ABCDEFGH')) =~ s/ABCD/abcd/;
says([@USUAL, file('crc.zip', $damaged)], 2, "Could not check crc.zip/a (corrupt)\n", 'a damaged member');
says([@USUAL, file('bomb.zip', zip_of(ZIP_CM_DEFLATE, 'a' => "\0" x 25_000_000))], 2,
    "Aborted checking bomb.zip - appears to be a 'zip bomb'\n", 'a zip bomb');
says([@USUAL, '--no-stop-scan', 'bomb.zip'], 0, '', 'a zip bomb that is to be scanned');

# -eec
says([@USUAL, '-eec', 'clean'],        0,  '', '-eec: clean');
says([@USUAL, '-eec', 'clean.zip'],    12, '', '-eec: clean, with an archive opened');
says([@USUAL, '-eec', 'nowhere'],      8,  "Could not open nowhere\n", '-eec: error');
says([@USUAL, '-eec', 'cut.zip'],      8,  "Could not check cut.zip (corrupt)\n", '-eec: damaged');
says([@USUAL, '-eec', 'eicar'],        24, found('eicar'), '-eec: found');
says([@USUAL, '-eec', 'cut.zip', 'locked.zip', 'eicar'], 24,
    "Could not check cut.zip (corrupt)\nPassword protected file locked.zip/a\n"
        . "Password protected file locked.zip/b\n" . found('eicar'), '-eec: found is the strongest');
is((sweep(@USUAL, '-eec', 'cut.zip', 'locked.zip'))[0], 16, '-eec: password-protected before error');
says([@USUAL, '-eec', '-neec', 'eicar'], 3, found('eicar'), 'the last of -eec -neec wins');

# what cannot be started
for my $case (['-bogus', 'Unknown option -bogus'], ['--no-bogus', 'Unknown option --no-bogus'],
    ['-p=', 'Option -p= needs a value'], ['-remove', 'Option -remove is not offered by this stand-in'])
{
    my ($option, $text) = @{$case};
    says([$option, 'clean'], 2, "sweep (stand-in): $text\n", "$option: exit 2");
    says([$option, 'clean', '-eec'], 36, "sweep (stand-in): $text\n", "$option -eec: exit 36");
}
says([], 2, "sweep (stand-in): No path specified\n", 'no path');
says(['-eec'], 36, "sweep (stand-in): No path specified\n", 'no path, -eec');
my @accepted = qw(-sc -nsc -c -nc -b -nb -dn -ndn -cab -tar -mime -oe -tnef -TNEF -loopback -pua -suspicious
    -nremove --stop-scan --no-reset-atime --stay-on-machine --no-skip-special --examine-x-bit);
says(['-ss', @accepted, "-idedir=$root", 'clean'], 0, '', "accepted: @accepted");

# directories and names
mkdir 'd' or die;
mkdir 'd/below' or die;
symlink '../eicar', 'd/link' or die;
symlink '..', 'd/loop' or die;
symlink '/nowhere', 'd/nowhere' or die;
file('d/2',       $EICAR);
file('d/1.exe',   $EICAR);
file('d/below/3.com', $EICAR);
says([@USUAL, 'd'], 3, found('d/1.exe', 'd/2', 'd/below/3.com'), 'a directory, no symlink followed');
says([@USUAL, "$root/d/"], 3, found(map {"$root/d/$_"} qw(1.exe 2 below/3.com)), 'an absolute path');
says([@USUAL, '-nrec', 'd'], 3, found('d/1.exe', 'd/2'), '-nrec');
says([@USUAL, '-nall', 'd'], 3, found('d/1.exe', 'd/below/3.com'), 'without -all only executable types');
says([@USUAL, 'd/link'], 2, "Could not open d/link\n", 'a symlink as the argument');
like((sweep(qw(-nb -all -ss d)))[1], qr/^>>> .* found in file d\/link\n.*^Could not open d\/nowhere\n/ms,
    'symlinks are followed otherwise');
says([@USUAL, 'd/2', 'd', 'd/2'], 3, found('d/2', 'd/1.exe', 'd/below/3.com'), 'nothing is scanned twice');
mkdir 'n' or die;
my $forged = "x\n>>> Virus 'Foo' found in file y";
file("n/$forged", $EICAR);
says([@USUAL, 'n'], 3, found("n/$forged"), 'names are printed raw');

# the output
my ($status, $text) = sweep(qw(-nb -f -all -archive deflated.zip clean nowhere cut.zip));
is $status, 3, 'exit code of a run with everything';
like $text, qr/\ASWEEP virus detection utility \(stand-in .* is NOT Sophos\)\nVersion /, 'the banner says what it is';
like $text, qr/^Command line qualifiers are: -nb -f -all -archive\n\nFull Scanning\n\n>>> Virus /m, 'qualifiers, results';
like $text, qr/\n\n3 files scanned in \d+ seconds?\.\n2 errors were encountered\.\n1 virus was discovered\.\n1 file out of 3 was infected\.\n.*\nEnd of Scan\.\n\z/s,
    'the summary';
($status, $text) = sweep(qw(-nb clean));
like $text, qr/^Quick Scanning\n\n\n1 file scanned in \d+ seconds?\.\nNo viruses were discovered\.\nEnd of Scan\.\n\z/m,
    'the summary of a clean run';
says([qw(-ss eicar)], 3, found('eicar') . "\a", 'the bell');
says([@USUAL, '-p=log', 'eicar'], 3, found('eicar'), '-p');
is do { local @ARGV = 'log'; <> }, found('eicar'), 'the copy';
like((sweep('--version'))[1], qr/is NOT Sophos/, '--version says what it is');
is((sweep('-h'))[0], 0, '-h');

# a signal
for my $case ([TERM => 1], [INT => 1, '-neec'], [TERM => 40, '-eec']) {
    my ($signal, $code, @option) = @{$case};
    my $pid = fork;
    die unless defined $pid;
    if (!$pid) {
        open STDOUT, '>', '/dev/null' or die;
        exec $SWEEP, @option, '-archive', '--no-backtrack-protection', ('bomb.zip') x 1000,
            '--no-stop-scan' or die;
    }
    select undef, undef, undef, 0.5;
    kill $signal, $pid;
    waitpid $pid, 0;
    is $?, $code << 8, "SIG$signal @option: exit $code";
}

done_testing;
