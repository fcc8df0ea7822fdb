# Installs perfreport for this user: powershell -ExecutionPolicy Bypass -File install.ps1
#
#   PERFREPORT_VERSION      which one; that of this file where nothing is said
#   PERFREPORT_INSTALL_DIR  where to; %LOCALAPPDATA%\perfreport\bin where nothing is said
#   PERFREPORT_FROM         a folder or address that holds the archives, instead of the project's releases
#
# The archive has to have the checksum that lies beside it. Nothing is written but the program itself, and nothing is run.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$address = '@HOME@'
$version = if ($env:PERFREPORT_VERSION) { $env:PERFREPORT_VERSION } else { '@VERSION@' }
if ($version -notmatch '^[0-9A-Za-z.+-]+$') { throw 'perfreport: PERFREPORT_VERSION is no version' }
$from = if ($env:PERFREPORT_FROM) { $env:PERFREPORT_FROM } else { "$address/releases/download/v$version" }
$folder = if ($env:PERFREPORT_INSTALL_DIR) { $env:PERFREPORT_INSTALL_DIR } else { Join-Path $env:LOCALAPPDATA 'perfreport\bin' }
if ($env:PROCESSOR_ARCHITECTURE -notin 'AMD64', 'ARM64') {
    throw "perfreport: no program for $env:PROCESSOR_ARCHITECTURE here; cargo install perfreport builds it"
}
$name = "perfreport-$version-x86_64-pc-windows-msvc"
$work = Join-Path ([System.IO.Path]::GetTempPath()) ([System.IO.Path]::GetRandomFileName())
New-Item -ItemType Directory -Path $work | Out-Null

try {
    foreach ($file in "$name.tar.gz", "$name.tar.gz.sha256") {
        $place = Join-Path $work $file
        if ($from -like 'https://*') {
            Invoke-WebRequest -UseBasicParsing -Uri "$from/$file" -OutFile $place
        } elseif ($from -like '*://*') {
            throw "perfreport: ${from}: only https or a folder"
        } else {
            Copy-Item -LiteralPath (Join-Path $from $file) -Destination $place
        }
    }
    $expected = ((Get-Content -LiteralPath (Join-Path $work "$name.tar.gz.sha256") -Raw) -split '\s+')[0]
    $found = (Get-FileHash -LiteralPath (Join-Path $work "$name.tar.gz") -Algorithm SHA256).Hash
    if ($expected.Length -ne 64 -or $expected -ne $found) {
        throw "perfreport: $name.tar.gz is not what its checksum says: nothing was installed"
    }
    tar -xzf (Join-Path $work "$name.tar.gz") -C $work "$name/perfreport.exe"
    if ($LASTEXITCODE -ne 0) { throw "perfreport: $name.tar.gz cannot be unpacked" }
    New-Item -ItemType Directory -Force -Path $folder | Out-Null
    Move-Item -Force -LiteralPath (Join-Path $work "$name\perfreport.exe") -Destination (Join-Path $folder 'perfreport.exe')
    Write-Output "installed $(Join-Path $folder 'perfreport.exe') $version"
    if (($env:PATH -split ';') -notcontains $folder) { Write-Output "$folder is not on the PATH" }
} finally {
    Remove-Item -Recurse -Force -LiteralPath $work
}
